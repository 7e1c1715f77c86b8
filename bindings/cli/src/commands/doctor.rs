//! A short look at this machine: can the data be opened, which city, does it answer, does the clock agree.

use phananh_domain::time::{SECOND, Timestamp};
use phananh_engine::client::CityView;
use phananh_engine::clock::{Clock, SystemClock};
use serde_json::{Value, json};

use crate::args::Globals;
use crate::context::{Context, Folders};
use crate::desk::http;
use crate::exit::{Exit, Failure};
use crate::output::{Answer, Output, Page, Span, Tone, Words, texts};

/// A difference of clocks that matters: times of reports would mislead, and TLS begins to fail.
const SKEW_MATTERS_S: i64 = 300;

pub(super) async fn run(globals: &Globals, output: Output) -> Result<Answer, Failure> {
    let words = output.words;
    let folders = Folders::of(globals)?;
    let context = Context::open(globals, output).await?;
    let city = context.city().await;
    context.close().await?;
    let city = city?;
    let reached = reach(&city).await;
    let skew_s = reached.as_ref().ok().and_then(|reached| reached.skew_s);

    let json = json!({
        "data": folders.data.to_string_lossy(), "secrets": folders.secrets.to_string_lossy(),
        "profile": city.profile.name, "endpoint": (!city.endpoint.is_empty()).then_some(city.endpoint.as_str()),
        "reachable": reached.is_ok(), "network": reached.as_ref().err().map_or(Value::Null, |f| json!(f.code)),
        "clock_skew_s": skew_s,
    });
    let mut page = Page::new();
    page.fact(
        words.say(texts::DATA),
        format!("{} ({})", folders.data.display(), words.say(texts::WORKS)),
    )
    .fact(words.say(texts::SECRETS), folders.secrets.display().to_string())
    .fact(
        words.say(texts::PROFILE),
        format!("{} ({})", city.profile.name, city.profile.label(words.0)),
    );
    let endpoint = match city.endpoint.as_str() {
        "" => Span::new(words.say(texts::NO_ADDRESS), Tone::Warn),
        url => Span::from(url),
    };
    page.fact(words.say(texts::ADDRESS), endpoint);
    let connection = match &reached {
        Ok(_) => Span::new(words.say(texts::SPEAKS_OPEN311), Tone::Good),
        Err(failure) => Span::new(words.failure(failure), Tone::Bad),
    };
    page.fact(words.say(texts::NETWORK), connection)
        .fact(words.say(texts::CLOCK), clock(words, skew_s));
    let exit = match &reached {
        Err(_) => Exit::Network,
        Ok(_) => Exit::Done,
    };
    Ok(Answer::new(json, page).ending(exit))
}

fn clock(words: Words, skew_s: Option<i64>) -> Span {
    match skew_s {
        None => Span::new(words.say(texts::NOT_CHECKED), Tone::Calm),
        Some(s) if s.abs() < SKEW_MATTERS_S => Span::new(words.say(texts::CLOCK_GOOD), Tone::Good),
        Some(s) => Span::new(
            words.fill(texts::CLOCK_OFF, &[("n", &s.abs().to_string())]),
            Tone::Bad,
        ),
    }
}

/// A city that answered.
struct Reached {
    /// Its clock minus this one's, seconds.
    skew_s: Option<i64>,
}

async fn reach(city: &CityView) -> Result<Reached, Failure> {
    if city.endpoint.is_empty() {
        let label = city
            .profile
            .label
            .as_ref()
            .map_or(city.profile.name.as_str(), |l| l.text(city.profile.language()));
        return Err(Failure::new(Exit::Network, "error.no_endpoint").with("city", label));
    }
    let url = http::below(&http::base(&city.endpoint)?, &["discovery.json"]);
    let reply = http::ask(http::client()?.get(url)).await?;
    let is_json =
        serde_json::from_slice::<Value>(&reply.body).is_ok_and(|value| value.is_object() || value.is_array());
    // A bare city may have no discovery, and says so in its own words: any JSON answer is a server of the right kind.
    if !is_json && reply.status != 404 {
        return Err(Failure::new(Exit::Network, "error.not_a_city"));
    }
    let date = reply
        .date
        .as_deref()
        .and_then(|date| httpdate::parse_http_date(date).ok());
    let city_clock = date.and_then(|date| date.duration_since(std::time::UNIX_EPOCH).ok());
    let skew_s = city_clock
        .and_then(|at| i64::try_from(at.as_millis()).ok())
        .map(|ms| Timestamp::from_millis(ms).since(SystemClock.now()) / SECOND);
    Ok(Reached { skew_s })
}
