//! Who the reporter is: kept among the secrets of this machine, sealed with each report.

use phananh_engine::client::Me;
use serde_json::{Value, json};

use crate::args::MeCommand;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Answer, Page, Tone, Words, texts};

pub(super) async fn run(context: &Context, command: MeCommand) -> Result<Answer, Failure> {
    let words = context.words();
    let mut me = context.client.me().await?;
    match command {
        MeCommand::Show => Ok(Answer::new(me_json(&me), me_page(words, &me))),
        MeCommand::Set { name, phone, email } => {
            me.name = name.or(me.name);
            me.phone = phone.or(me.phone);
            me.email = email.or(me.email);
            context.client.set_me(me).await?;
            let me = context.client.me().await?;
            let mut page = me_page(words, &me);
            page.toned(Tone::Good, words.say(texts::ME_SAVED));
            Ok(Answer::new(me_json(&me), page))
        }
    }
}

fn me_json(me: &Me) -> Value {
    json!({"name": me.name, "phone": me.phone, "email": me.email})
}

fn me_page(words: Words, me: &Me) -> Page {
    let mut page = Page::new();
    for (label, value) in [
        (texts::NAME, &me.name),
        (texts::PHONE, &me.phone),
        (texts::EMAIL, &me.email),
    ] {
        page.fact(
            words.say(label),
            value
                .clone()
                .unwrap_or_else(|| words.say(texts::NOT_TOLD).to_owned()),
        );
    }
    page
}
