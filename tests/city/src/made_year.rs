//! A made year: what a city's database looks like after a year of work, from a seed.
//!
//! Nothing here writes rows of its own: each deed goes the way that a request goes (validation, the case machine, the
//! timeline, the feed), in the order of time and all in one transaction. A deed that the machine does not allow then, a
//! question to a case that was withdrawn meanwhile, simply does not happen. Made cases name nobody.

use std::sync::Arc;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::app::App;
use crate::cases::calendar::format_time;
use crate::cases::code::with_check_digit;
use crate::config::MadeYear;
use crate::desk::{Operator, actions};
use crate::extensions::messages;
use crate::georeport::{reports, validation};
use crate::http::body::Fields;
use crate::http::refusal::Refusal;
use crate::store::announcements::{self, AnnouncementKind, NewAnnouncement, Texts};
use crate::store::cases::{self, CaseId};
use crate::store::{Db, agencies};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// Who works in the made city.
const AGENCIES: [&str; 6] = [
    "Trung tâm Công viên Cây xanh",
    "Phòng Kinh tế, Hạ tầng và Đô thị",
    "Công ty Môi trường và Công trình đô thị",
    "Công ty Điện lực",
    "UBND phường Thuận Hóa",
    "UBND phường Phú Xuân",
];

/// What is reported, and where it belongs. Services with required questions are left to real people.
const REPORTS: [(&str, &str); 9] = [
    ("ha-tang-giao-thong", "Ổ gà sâu giữa đường, xe máy dễ ngã"),
    ("ha-tang-do-thi", "Gạch vỉa hè bong tróc trước công viên"),
    ("chieu-sang", "Đèn đường không sáng nhiều đêm"),
    ("dien-vien-thong", "Dây cáp sà thấp ngang đầu người"),
    ("ve-sinh-moi-truong", "Rác dồn đống ở góc đường, bốc mùi"),
    ("cay-xanh", "Cành cây gãy treo trên lối đi"),
    ("trat-tu-xay-dung", "Vật liệu xây dựng đổ tràn lòng đường"),
    ("trat-tu-do-thi", "Loa kẹo kéo ồn quá khuya"),
    ("an-toan-thuc-pham", "Quán ăn đổ nước thải ra cống hở"),
];

/// Something that happens to a case.
enum Deed {
    File(Vec<(&'static str, String)>),
    Act(Value),
    /// Merged into a case that was filed before it.
    Merge,
    Say(Vec<(&'static str, String)>),
}

/// Fills an empty city; one that has cases stays as it is.
pub(crate) async fn fill(app: &Arc<App>, year: MadeYear) -> Result<(), Refusal> {
    let store = Arc::clone(&app.store);
    let app = Arc::clone(app);
    store
        .transact(move |db| {
            let taken: bool = db
                .tx
                .query_row("SELECT EXISTS (SELECT 1 FROM cases)", [], |row| row.get(0))?;
            if taken {
                return Ok(());
            }
            let mut rng = Rng::with_seed(year.seed);
            let now = app.now();
            begin_agencies(db, now)?;
            live(&app, db, plan(&mut rng, year.cases, now))?;
            announce(db, &mut rng, year.announcements, now)
        })
        .await
}

fn begin_agencies(db: &Db<'_>, now: i64) -> Result<(), Refusal> {
    for name in AGENCIES {
        agencies::to_work(db, name, &crate::cases::calendar::day_of(now - YEAR))?;
    }
    Ok(())
}

/// When, of which case (numbered from 0), what.
type Planned = (i64, usize, Deed);

/// All deeds of the year in the order of time; what would lie ahead of `now` has not happened yet.
fn plan(rng: &mut Rng, cases: u32, now: i64) -> Vec<Planned> {
    let mut deeds = Vec::new();
    for case in 0..usize::try_from(cases).unwrap_or(usize::MAX) {
        let filed = now - rng.i64(0..YEAR);
        let mut life = Life {
            rng,
            at: filed,
            deeds: Vec::new(),
        };
        life.live();
        deeds.extend(life.deeds.into_iter().map(|(at, deed)| (at, case, deed)));
    }
    deeds.retain(|(at, _, _)| *at <= now);
    // Stable: what one case does within a second stays in its order.
    deeds.sort_by_key(|(at, case, _)| (*at, *case));
    deeds
}

/// One case being thought up.
struct Life<'r> {
    rng: &'r mut Rng,
    at: i64,
    deeds: Vec<(i64, Deed)>,
}

impl Life<'_> {
    fn live(&mut self) {
        self.file();
        match self.rng.u32(0..100) {
            0..6 => self.act(DAY, json!({"action": "reject", "reason": "out_of_scope"})),
            6..11 => {
                self.pass(DAY);
                self.deeds.push((self.at, Deed::Merge));
            }
            11..14 => self.say(DAY, vec![("kind", "withdraw".to_owned())]),
            _ => {
                self.act(4 * HOUR, json!({"action": "receive"}));
                self.act(DAY, json!({"action": "verify"}));
                self.work();
                self.after_result();
            }
        }
    }

    fn pass(&mut self, most: i64) {
        self.at += self.rng.i64(MINUTE..most);
    }

    fn act(&mut self, within: i64, action: Value) {
        self.pass(within);
        self.deeds.push((self.at, Deed::Act(action)));
    }

    fn say(&mut self, within: i64, fields: Vec<(&'static str, String)>) {
        self.pass(within);
        self.deeds.push((self.at, Deed::Say(fields)));
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.u32(0..100) < percent
    }

    fn pick<T: Copy>(&mut self, among: &[T], usual: T) -> T {
        self.rng.choice(among).copied().unwrap_or(usual)
    }

    fn file(&mut self) {
        let (service, text) = self.pick(&REPORTS, ("cay-xanh", "Cây đổ"));
        let publication = match self.rng.u32(0..100) {
            0..70 => "public",
            70..95 => "after_review",
            _ => "never",
        };
        let channel = self.pick(&["app", "app", "app", "hotline", "web"], "app");
        let code = with_check_digit(self.rng.u64(10_000_000_000..100_000_000_000));
        let fields = vec![
            ("service_code", service.to_owned()),
            ("description", text.to_owned()),
            ("lat", format!("{:.5}", 16.42 + self.rng.f64() * 0.09)),
            ("long", format!("{:.5}", 107.54 + self.rng.f64() * 0.10)),
            ("reference_code", code),
            ("publication", publication.to_owned()),
            ("channel", channel.to_owned()),
            ("identity", "none".to_owned()),
        ];
        self.deeds.push((self.at, Deed::File(fields)));
    }

    fn agency(&mut self) -> &'static str {
        let [first, ..] = AGENCIES;
        self.pick(&AGENCIES, first)
    }

    fn work(&mut self) {
        let agency = self.agency();
        let mut assign = json!({"action": "assign", "agency": agency, "track": "timed"});
        if self.chance(20)
            && let Some(members) = assign.as_object_mut()
        {
            members.insert("track".into(), json!("instant"));
            members.insert("due".into(), json!(format_time(self.at + 2 * DAY)));
        }
        self.act(DAY, assign);
        if self.chance(70) {
            self.act(2 * DAY, json!({"action": "start"}));
        }
        if self.chance(12) {
            self.act(DAY, json!({"action": "ask", "text": "Vị trí chính xác ở đâu?"}));
            if self.chance(70) {
                let answer = "Gần cột điện số 7".to_owned();
                self.say(3 * DAY, vec![("kind", "answer".to_owned()), ("text", answer)]);
            }
        }
        if self.chance(6) {
            let agency = self.agency();
            self.act(2 * DAY, json!({"action": "transfer", "agency": agency}));
        }
        if self.chance(25) {
            let due = format_time(self.at + 14 * DAY);
            self.act(
                3 * DAY,
                json!({"action": "extend", "due": due, "reason": "waiting_for_parts"}),
            );
        }
        match self.rng.u32(0..100) {
            0..4 => {}
            4..7 => self.act(9 * DAY, json!({"action": "close"})),
            _ => {
                let outcome = self.pick(
                    &[
                        "fixed",
                        "fixed",
                        "fixed",
                        "fixed",
                        "partly",
                        "planned",
                        "explained",
                        "not_found",
                    ],
                    "fixed",
                );
                self.act(
                    9 * DAY,
                    json!({"action": "resolve", "outcome": outcome, "text": "Đã xử lý"}),
                );
            }
        }
    }

    fn after_result(&mut self) {
        let ratings = ["satisfied", "satisfied", "acceptable", "dissatisfied"];
        if self.chance(45) {
            let mut rating = vec![("kind", "rating".to_owned())];
            if self.chance(95) {
                rating.push(("rating", self.pick(&ratings, "satisfied").to_owned()));
            }
            rating.push((
                "fixed",
                self.pick(&["yes", "yes", "partly", "no"], "yes").to_owned(),
            ));
            self.say(4 * DAY, rating);
        }
        if self.chance(8) {
            self.say(5 * DAY, vec![("kind", "reopen".to_owned())]);
            self.work();
        }
        if self.chance(30) {
            self.act(20 * DAY, json!({"action": "close"}));
        }
    }
}

/// Does what was planned, each deed at its time.
fn live(app: &App, db: &Db<'_>, deeds: Vec<Planned>) -> Result<(), Refusal> {
    let mut numbers: Vec<Option<CaseId>> = Vec::new();
    for (at, case, deed) in deeds {
        if numbers.len() <= case {
            numbers.resize(case + 1, None);
        }
        let number = numbers.get(case).copied().flatten();
        db.tx.execute_batch("SAVEPOINT deed")?;
        let done = perform(app, db, number, &deed, at);
        if let (Ok(Some(filed)), Some(place)) = (&done, numbers.get_mut(case)) {
            *place = Some(*filed);
        }
        let end = if done.is_ok() {
            "RELEASE deed"
        } else {
            "ROLLBACK TO deed; RELEASE deed"
        };
        db.tx.execute_batch(end)?;
        // What the case did not allow did not happen; anything else is a fault of ours.
        if let Err(refusal) = done
            && refusal.fault().is_some()
        {
            return Err(refusal);
        }
    }
    Ok(())
}

/// Does one deed at its time; returns the number of a case that it filed.
fn perform(
    app: &App,
    db: &Db<'_>,
    number: Option<CaseId>,
    deed: &Deed,
    at: i64,
) -> Result<Option<CaseId>, Refusal> {
    if let Deed::File(fields) = deed {
        let valid = validation::report(app, &Fields::of(fields.clone()))?;
        let (number, _) = reports::store_case(db, valid, None, &[], at)?;
        return Ok(Some(number));
    }
    let number = number.ok_or_else(Refusal::no_case)?;
    let case = cases::find(db, number)?.ok_or_else(Refusal::no_case)?;
    match deed {
        Deed::Act(action) => {
            let action = actions::Action::of(action.clone())?;
            actions::take(app, db, &Operator::Intake, &case, &action, &[], at)?;
        }
        Deed::Merge => {
            let action = actions::Action::of(json!({"action": "merge", "into": (number - 1).to_string()}))?;
            actions::take(app, db, &Operator::Intake, &case, &action, &[], at)?;
        }
        Deed::Say(fields) => {
            let words = messages::read(&Fields::of(fields.clone()))?;
            messages::say(app, db, &case, &words, &[], at)?;
        }
        Deed::File(_) => {}
    }
    Ok(None)
}

fn announce(db: &Db<'_>, rng: &mut Rng, count: u32, now: i64) -> Result<(), Refusal> {
    let kinds = [
        (
            AnnouncementKind::Info,
            "Cắt nước để sửa ống",
            "Water is off for repairs",
        ),
        (
            AnnouncementKind::Info,
            "Lịch tiếp công dân",
            "Hours of the citizens' office",
        ),
        (
            AnnouncementKind::Warning,
            "Mưa lớn, có nơi ngập",
            "Heavy rain, floods in places",
        ),
        (
            AnnouncementKind::Emergency,
            "Lũ lên nhanh, lên nơi cao",
            "The flood rises fast: go to high ground",
        ),
    ];
    let mut times: Vec<i64> = (0..count).map(|_| now - rng.i64(0..YEAR)).collect();
    times.sort_unstable();
    for (number, at) in (1..).zip(times) {
        let Some((kind, vi, en)) = rng.choice(kinds) else {
            continue;
        };
        let has_english = rng.u32(0..100) < 80;
        let texts = |vi: String, en: String| Texts {
            vi,
            en: Some(en).filter(|_| has_english),
        };
        let one = NewAnnouncement {
            at,
            until: Some(at + rng.i64(DAY..60 * DAY)).filter(|_| number % 10 == 0),
            kind,
            title: texts(format!("{vi} ({number})"), format!("{en} ({number})")),
            text: texts(format!("{vi}."), format!("{en}.")),
            url: None,
            area: None,
        };
        announcements::insert(db, &one)?;
    }
    Ok(())
}
