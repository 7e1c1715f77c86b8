//! Who the reporter is: kept among the secrets of this machine, sealed with each report.

use std::path::Path;

use phananh_engine::ClientError;
use phananh_engine::client::{AccountView, Me, OwedAtSignOut, Verified};
use serde_json::{Value, json};

use crate::args::MeCommand;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::report::merged;
use crate::output::{Answer, Page, Tone, Words, texts};

pub(super) async fn run(context: &Context, command: MeCommand) -> Result<Answer, Failure> {
    let words = context.words();
    let mut me = context.client.me().await?;
    match command {
        MeCommand::SignIn { address } => sign_in(context, &address).await,
        MeCommand::Verify { code } => verify(context, &code).await,
        MeCommand::SignOut { yes } => {
            sign_out(
                context,
                if yes {
                    OwedAtSignOut::Keep
                } else {
                    OwedAtSignOut::Ask
                },
            )
            .await
        }
        MeCommand::Export { file } => export(context, &file).await,
        MeCommand::Show => {
            let account = context
                .client
                .account(context.city().await?.id, context.account())
                .await?;
            let mut page = me_page(words, &me);
            page.append(account_page(context, &account).await?);
            Ok(Answer::new(
                merged(me_json(&me), json!({"account": account_json(&account)})),
                page,
            ))
        }
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

async fn export(context: &Context, file: &Path) -> Result<Answer, Failure> {
    let name = file.display().to_string();
    let exported = context
        .client
        .export(file.to_owned())
        .await
        .map_err(|error| Failure::from(error).with("name", &name))?;
    let json = json!({
        "file": name, "reports": exported.reports, "photos": exported.photos, "bytes": exported.bytes,
    });
    let (reports, photos) = (exported.reports.to_string(), exported.photos.to_string());
    let values = [("name", name.as_str()), ("n", &reports), ("photos", &photos)];
    Ok(Answer::line(json, context.words().fill(texts::EXPORTED, &values)))
}

async fn sign_in(context: &Context, address: &str) -> Result<Answer, Failure> {
    let city = context.city().await?;
    let sent = context
        .client
        .start_sign_in(city.id.clone(), context.account(), address)
        .await
        .map_err(|error| context.told(error, &city))?;
    let json = json!({
        "city": city.id, "expires_at": sent.expires_at, "resend_at": sent.resend_at, "digits": sent.digits,
    });
    let until = sent.expires_at.to_people(&city.profile.zone_or_utc());
    Ok(Answer::line(
        json,
        context.words().fill(texts::CODE_SENT, &[("time", &until)]),
    ))
}

async fn verify(context: &Context, code: &str) -> Result<Answer, Failure> {
    let city = context.city().await?;
    let verified = context
        .client
        .verify_sign_in(city.id, context.account(), code)
        .await?;
    match verified {
        Verified::SignedIn { account } => {
            let page = account_page(context, &account).await?;
            Ok(Answer::new(json!({"account": account_json(&account)}), page))
        }
        Verified::WrongCode { attempts_left } => {
            let left = attempts_left.map_or_else(|| "?".to_owned(), |n| n.to_string());
            Err(Failure::bad_input("code", "error.wrong_code").with("n", left))
        }
    }
}

async fn sign_out(context: &Context, owed: OwedAtSignOut) -> Result<Answer, Failure> {
    let city = context.city().await?;
    match context
        .client
        .sign_out(city.id.clone(), context.account(), owed)
        .await
    {
        Ok(()) => {}
        // A question, not a mistake: --yes answers it.
        Err(ClientError::NotNow { code }) => return Err(Failure::new(Exit::NeedsCitizen, code)),
        Err(other) => return Err(other.into()),
    }
    Ok(Answer::line(
        json!({"city": city.id, "signed_in": null}),
        context.words().say(texts::SIGNED_OUT),
    ))
}

fn account_json(account: &AccountView) -> Value {
    json!({
        "city": account.city, "account": account.account, "pause": account.pause, "locked_text": account.locked_text,
        "signed_in": account.signed_in.as_ref().map(|s| json!({"by": s.by, "masked": s.masked, "ends_at": s.ends_at})),
    })
}

async fn account_page(context: &Context, account: &AccountView) -> Result<Page, Failure> {
    let words = context.words();
    let city = context.client.city(account.city.clone()).await?;
    let mut page = Page::new();
    let label = city.profile.label(words.0).to_owned();
    let told = match &account.signed_in {
        None => words.say(texts::NOT_SIGNED_IN).to_owned(),
        Some(signed_in) => {
            let until = signed_in
                .ends_at
                .map(|at| at.to_people(&city.profile.zone_or_utc()));
            let whole = [
                signed_in.masked.clone(),
                until.map(|at| words.fill(texts::SIGNED_IN_UNTIL, &[("time", &at)])),
            ];
            let parts: Vec<_> = whole.into_iter().flatten().collect();
            if parts.is_empty() {
                words.say(texts::SIGNED_IN).to_owned()
            } else {
                parts.join(", ")
            }
        }
    };
    page.fact(label, told);
    if let Some(pause) = account.pause {
        let reason = account
            .locked_text
            .clone()
            .unwrap_or_else(|| words.say(texts::ASK_THE_CITY).to_owned());
        page.toned(
            Tone::Warn,
            words.with(&format!("why.{pause}"), &[("reason", &reason)]),
        );
    }
    Ok(page)
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
