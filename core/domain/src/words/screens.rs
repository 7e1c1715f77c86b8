use super::Entry;
pub(super) const WORDS: &[Entry] = &[
    Entry::new("footer.code", "Mã tra cứu {number}", "Reference {number}"),
    Entry::new("footer.seen", "Ghi nhận {time}", "Seen {time}"),
    Entry::new("late_footer", "(Ghi nhận {time}, gửi muộn vì mất mạng)", "(Seen {time}, sent late: no network)"),
];
