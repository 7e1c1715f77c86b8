//! A bar while photos shrink and bytes leave; only where a person looks at a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use phananh_engine::{Event, Subscription};

use super::{Output, Reader, texts};

/// Shows what the events tell until it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    listening: tokio::task::JoinHandle<()>,
}

impl Progress {
    /// Starts listening; draws on standard error, and nothing where that is no terminal or a script reads.
    pub(crate) fn show(output: &Output, mut events: Subscription) -> Self {
        let target = match output.reader {
            Reader::Person => ProgressDrawTarget::stderr(),
            Reader::Script => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let words = output.words;
        let shown = bar.clone();
        let listening = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                match event {
                    Event::Upload { sent, total, .. } => {
                        shown.set_style(style("{msg} [{bar:30}] {decimal_bytes}/{decimal_total_bytes}"));
                        shown.set_message(words.say(texts::SENDING));
                        shown.set_length(total);
                        shown.set_position(sent);
                    }
                    Event::PhotoProgress { percent, .. } => {
                        shown.set_style(style("{msg} [{bar:30}] {percent} %"));
                        shown.set_message(words.of("why.preparing"));
                        shown.set_length(100);
                        shown.set_position(u64::from(percent));
                    }
                    _ => {}
                }
            }
        });
        Self { bar, listening }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.listening.abort();
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
