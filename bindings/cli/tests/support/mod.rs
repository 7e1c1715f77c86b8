//! The real program, a folder of its own, and a city behind a line in this process.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use phananh_city::{City, CityConfig, RunningCity};
use phananh_faults::{FaultLine, RunningLine, Script};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) const TOKEN: &str = "desk-token";

/// One run of the program.
pub(crate) struct Run {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            exit: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one JSON object of a run.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(
            self.out.lines().count(),
            1,
            "one object a run: {}{}",
            self.out,
            self.err
        );
        serde_json::from_str(&self.out).unwrap()
    }

    #[track_caller]
    pub(crate) fn ends(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{}{}", self.out, self.err);
        self
    }
}

/// A phone: a data folder and the environment of a machine of its own.
pub(crate) struct Phone {
    pub(crate) home: TempDir,
    city: Option<String>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            city: None,
        }
    }

    /// A phone that was told a city's address.
    pub(crate) fn of(city: &str) -> Self {
        Self {
            city: Some(city.to_owned()),
            ..Self::new()
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// The program in this phone's environment, nothing given yet.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phananh"));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("NO_COLOR", "1");
        command
    }

    /// Runs with `--data`, and `--city` where there is one.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let mut command = self.program();
        command.arg("--data").arg(self.data());
        if let Some(city) = &self.city {
            command.args(["--profile", "hue", "--city", city]);
        }
        Run::of(command.args(arguments).output().unwrap())
    }

    /// Runs a command that must go well, as a script does.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        self.run(&all).ends(0).json()
    }

    /// A draft that can be sent; its reference code.
    pub(crate) fn lamp(&self) -> String {
        let draft = self.json(&[
            "draft",
            "new",
            "--service",
            "chieu-sang",
            "--text",
            "Đèn đường hỏng",
        ]);
        let code = draft["reference_code"].as_str().unwrap().to_owned();
        self.json(&["place", "set", &code, "--lat", "16.4637", "--lon", "107.5909"]);
        code
    }

    /// A file in this phone's home.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// A city behind a line that can be taken away.
pub(crate) struct Town {
    pub(crate) line: RunningLine,
    pub(crate) city: RunningCity,
    pub(crate) runtime: Runtime,
    folder: TempDir,
}

impl Town {
    pub(crate) fn start(script: Script) -> Self {
        Self::with(script, |_| {})
    }

    /// A city that is not like the others.
    pub(crate) fn with(script: Script, change: impl FnOnce(&mut CityConfig)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let (city, line) = runtime.block_on(async {
            let mut config = CityConfig::new(folder.path());
            config.operator_token = Some(TOKEN.to_owned());
            change(&mut config);
            let city = City::start(config).await.unwrap();
            let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let line = FaultLine::start(any, city.address(), script, 1).await.unwrap();
            (city, line)
        });
        Self {
            line,
            city,
            runtime,
            folder,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.line.addr())
    }

    /// Where the city keeps its data.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn off(&self) {
        self.runtime.block_on(self.line.off()).unwrap();
    }

    pub(crate) fn on(&self) {
        self.runtime.block_on(self.line.on()).unwrap();
    }

    /// The program at this city's desk.
    pub(crate) fn desk(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_phananh"));
        command.env_clear().env("PHANANH_OPERATOR_TOKEN", TOKEN);
        Run::of(
            command
                .args(["desk", "--city", self.city.url()])
                .args(arguments)
                .arg("--json")
                .output()
                .unwrap(),
        )
    }
}

/// A picture that a camera might give, as JPEG.
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let pixel = |x: u32, y: u32| image::Rgb([(x % 251) as u8, (y % 241) as u8, (x * y % 239) as u8]);
    let mut bytes = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 95);
    image::RgbImage::from_fn(width, height, pixel)
        .write_with_encoder(encoder)
        .unwrap();
    bytes
}

/// The same JPEG claiming another size in its frame header (SOF0: ITU T.81, B.2.2).
pub(crate) fn claiming(mut jpeg: Vec<u8>, width: u16, height: u16) -> Vec<u8> {
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// Size and picture of a file that decodes.
pub(crate) fn decodes(path: &Path) -> (u32, u32) {
    let picture = image::load_from_memory(&std::fs::read(path).unwrap()).unwrap();
    (picture.width(), picture.height())
}
