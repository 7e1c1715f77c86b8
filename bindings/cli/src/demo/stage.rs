//! The set: a phone's store, a line on loopback TCP, and a city behind it that is not there yet.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use phananh_city::{CaseView, City, CityConfig, CityError, RunningCity};
use phananh_faults::{FaultLine, RunningLine, Script};

use super::cut;
use crate::args::{DemoArgs, Globals};
use crate::context::Context;
use crate::desk::Desk;
use crate::exit::{Exit, Failure};
use crate::http::Patience;
use crate::output::Output;

/// The token of the desk, on loopback and for one run.
const TOKEN: &str = "demo-desk";

/// Everything that the story needs.
pub(super) struct Stage {
    pub(super) output: Output,
    pub(super) phone: Context,
    pub(super) line: RunningLine,
    /// Folder of the pictures that are made for the story.
    pub(super) pictures: PathBuf,
    city_folder: PathBuf,
    city: Option<RunningCity>,
    seed: u64,
    /// Dropped last: the folders go with it.
    _scratch: tempfile::TempDir,
}

impl Stage {
    /// Sets it: the line is down, the city off, the phone knows the profile of Huế and an address.
    pub(super) async fn set(output: Output, args: &DemoArgs) -> Result<Self, Failure> {
        let scratch = tempfile::tempdir().map_err(|error| disk(&error))?;
        let home = args.keep.clone().unwrap_or_else(|| scratch.path().join("kept"));
        let (phone, city_folder) = (home.join("phone"), home.join("city"));
        for folder in [&phone, &city_folder] {
            refuse_used(folder)?;
            std::fs::create_dir_all(folder).map_err(|error| disk(&error))?;
        }
        let pictures = scratch.path().join("camera");
        std::fs::create_dir_all(&pictures).map_err(|error| disk(&error))?;
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        // Port 9 ("discard", RFC 863) stands for a city that is not there: the line is down before anybody asks.
        let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        let line = FaultLine::start(anywhere, nobody, Script::new(), args.seed)
            .await
            .map_err(|error| local(&error))?;
        line.off().await.map_err(|error| local(&error))?;
        let globals = Globals {
            data: Some(phone),
            // Kept reports find their secrets where every other command looks; others leave none behind.
            secrets: args.keep.is_none().then(|| scratch.path().join("secrets")),
            profile: Some("hue".to_owned()),
            city: Some(format!("http://{}", line.addr())),
            account: None,
            lang: Some(output.words.0),
            json: false,
            wait: false,
        };
        let phone = Context::open(&globals, output).await?;
        Ok(Self {
            output,
            phone,
            line,
            pictures,
            city_folder,
            city: None,
            seed: args.seed,
            _scratch: scratch,
        })
    }

    /// The city starts, and the line is up again, with its accident ahead.
    pub(super) async fn open_the_city(&mut self) -> Result<(), Failure> {
        let config = CityConfig {
            operator_token: Some(TOKEN.to_owned()),
            ..CityConfig::new(&self.city_folder)
        };
        let city = City::start(config).await.map_err(|error| of_city(&error))?;
        self.line.retarget(city.address());
        self.line.set_script(cut::script(self.seed));
        self.line.on().await.map_err(|error| local(&error))?;
        self.city = Some(city);
        Ok(())
    }

    /// The operators' side, on a line of its own.
    pub(super) fn desk(&self) -> Result<Desk, Failure> {
        let url = self.city.as_ref().map(RunningCity::url).unwrap_or_default();
        Desk::at(url, TOKEN.to_owned(), Patience::of_silence(20_000))
    }

    /// What the city has on its disk.
    pub(super) fn cases(&self) -> Result<Vec<CaseView>, Failure> {
        self.city.as_ref().map_or_else(
            || Ok(Vec::new()),
            |city| city.cases().map_err(|error| of_city(&error)),
        )
    }

    /// Everything ends in order, so that kept folders can be opened at once.
    pub(super) async fn strike(self) -> Result<(), Failure> {
        let closed = self.phone.close().await;
        drop(self.line);
        if let Some(city) = self.city {
            city.stop().await;
        }
        closed
    }
}

/// A second report in the same folders would make every count of the story wrong.
fn refuse_used(folder: &Path) -> Result<(), Failure> {
    let is_used = std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if is_used {
        return Err(
            Failure::bad_input("keep", "error.folder_used").with("name", folder.display().to_string())
        );
    }
    Ok(())
}

fn disk(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Storage, "error.storage").saying(error)
}

fn local(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Network, "error.network").saying(error)
}

fn of_city(error: &CityError) -> Failure {
    Failure::new(Exit::Network, "error.city").saying(error)
}
