//! What the doctor says: what is wrong, then what to do next.

use crate::output::Words;
pub(super) use crate::output::texts::{Bilingual, both};

pub(super) const PROFILE: Bilingual = both("Cấu hình", "Profile");
pub(super) const WORKS: Bilingual = both("{folder}: mở được", "{folder}: opens");
pub(super) const WELL: Bilingual = both("Mọi thứ đều ổn", "All is well");
pub(super) const NOT_WELL: Bilingual = both(
    "Sửa các mục trên, rồi chạy lại phananh doctor",
    "Correct what is named above, then run phananh doctor again",
);

pub(super) const CAN_BE_WRITTEN: Bilingual = both("Ghi được", "Can be written");
pub(super) const DISK_GOOD: Bilingual = both("Còn trống {free}", "{free} free");
pub(super) const DISK_NEARLY_FULL: Bilingual = both(
    "Máy sắp đầy, còn {free}. Xóa bớt dữ liệu khác",
    "Nearly full, {free} left. Delete other data",
);
pub(super) const DISK_FULL: Bilingual = both(
    "Máy đã đầy, chỉ còn {free}: ảnh không lưu được. Xóa bớt dữ liệu khác",
    "Full, only {free} left: photos cannot be kept. Delete other data",
);

pub(super) const NO_ADDRESS: Bilingual = both(
    "Chưa biết địa chỉ máy chủ của {city}. Hỏi đơn vị vận hành, rồi chạy: phananh --profile {name} --city ĐỊA_CHỈ doctor",
    "No server address is known for {city}. Ask its operator, then run: phananh --profile {name} --city URL doctor",
);
pub(super) const SPEAKS_OPEN311: Bilingual = both("Máy chủ trả lời theo Open311", "Answers as Open311");
pub(super) const MOVED: Bilingual = both(
    "Máy chủ chuyển sang địa chỉ khác. Thử: --city {to}",
    "The server points to another address. Try: --city {to}",
);
pub(super) const CAPTIVE: Bilingual = both(
    "Thay vì thành phố, {to} trả lời bằng trang đăng nhập. Wi-Fi này cần đăng nhập: mở trình duyệt để đăng nhập, hoặc dùng mạng khác",
    "Not the city but a sign-in page of {to} answered. This Wi-Fi needs sign-in: open a browser to sign in, or use another network",
);
pub(super) const WEB_PAGE: Bilingual = both(
    "Địa chỉ này là trang web cho người xem, không phải máy chủ Open311. Hỏi đơn vị vận hành địa chỉ API, thường kết thúc bằng /open311/v2",
    "This address is a web site for people, no Open311 server. Ask the operator for the address of the API, which often ends in /open311/v2",
);
pub(super) const WRONG_PATH: Bilingual = both(
    "Máy chủ {host} có trả lời, nhưng ở đường dẫn {to} không có Open311. Kiểm tra phần sau tên máy chủ",
    "The server {host} answers, but has no Open311 at {to}. Check the part after the server's name",
);
pub(super) const KEY_WANTED: Bilingual = both(
    "Máy chủ {host} không cho vào. Kiểm tra api_key trong cấu hình thành phố, hoặc hỏi đơn vị vận hành",
    "The server {host} does not let us in. Check api_key in the city's profile, or ask its operator",
);
pub(super) const BUSY: Bilingual = both(
    "Máy chủ {host} đang trục trặc hoặc quá tải (mã {to}). Thử lại sau; phản ánh vẫn được giữ và tự gửi",
    "The server {host} is in trouble or overloaded (status {to}). Try again later; reports are kept and go by themselves",
);
pub(super) const NOT_OPEN311: Bilingual = both(
    "Máy chủ {host} trả lời (mã {to}) nhưng không theo Open311. Kiểm tra địa chỉ",
    "The server {host} answers (status {to}), but not as Open311. Check the address",
);
pub(super) const NO_SUCH_NAME: Bilingual = both(
    "Không tìm thấy tên máy chủ {host}. Kiểm tra cách viết địa chỉ, và máy có mạng hay không",
    "No server of the name {host} is found. Check how the address is spelt, and whether there is a network",
);
pub(super) const REFUSED: Bilingual = both(
    "Máy {host} có đó nhưng không nhận kết nối ở cổng này. Kiểm tra cổng trong địa chỉ, hoặc máy chủ đang tắt: thử lại sau",
    "{host} is there but takes no connections at this port. Check the port in the address; or the server is off: try again later",
);
pub(super) const UNREACHABLE: Bilingual = both(
    "Không có đường tới {host}. Kiểm tra Wi-Fi hoặc dữ liệu di động",
    "There is no way to {host}. Check the Wi-Fi or mobile data",
);
pub(super) const SILENT: Bilingual = both(
    "{host} không trả lời trong {n} giây. Mạng quá yếu hoặc máy chủ treo: thử lại sau, hoặc cho thêm thời gian bằng --timeout",
    "{host} said nothing for {n} seconds. The line is too weak or the server hangs: try again later, or give it more time with --timeout",
);
pub(super) const CERTIFICATE_TIME: Bilingual = both(
    "Chứng chỉ của {host} chưa có hoặc hết hiệu lực theo đồng hồ máy này ({now} UTC). Kiểm tra ngày giờ; nếu đúng, báo cho đơn vị vận hành",
    "The certificate of {host} is not valid at the time of this clock ({now} UTC). Check date and time; if they are right, tell the operator",
);
pub(super) const CERTIFICATE_NAME: Bilingual = both(
    "Chứng chỉ nhận được không phải của {host}. Wi-Fi cần đăng nhập, hoặc địa chỉ sai: mở trình duyệt để đăng nhập, rồi kiểm tra địa chỉ",
    "The certificate that came is not that of {host}. The Wi-Fi needs sign-in, or the address is wrong: open a browser to sign in, then check the address",
);
pub(super) const CERTIFICATE_ISSUER: Bilingual = both(
    "Chứng chỉ của {host} không do nơi đáng tin cấp. Có người chặn giữa đường, hoặc máy chủ dùng chứng chỉ tự cấp: đổi mạng, hoặc báo cho đơn vị vận hành",
    "The certificate of {host} is by nobody trusted. Somebody stands in between, or the server uses one of its own making: try another network, or tell the operator",
);
pub(super) const TLS: Bilingual = both(
    "{host} không nói chuyện được qua https. Kiểm tra cổng trong địa chỉ; cổng này có thể chỉ dùng http",
    "{host} does not speak https. Check the port in the address: this one may be for http only",
);
pub(super) const BROKEN: Bilingual = both(
    "{host} trả lời dở dang hoặc không phải http. Nếu máy chủ dùng https, ghi địa chỉ bắt đầu bằng https://; nếu không, thử lại sau",
    "The answer of {host} breaks off or is no http. If the server uses https, write the address with https://; else try again later",
);
pub(super) const NO_TLS: Bilingual = both(
    "Máy này không thiết lập được kết nối an toàn. Báo cho đơn vị vận hành",
    "No secure connection can be set up on this machine. Tell the operator",
);

pub(super) const CLOCK_GOOD: Bilingual = both("Khớp với đồng hồ của thành phố", "Agrees with the city's");
pub(super) const CLOCK_SLOW: Bilingual = both(
    "Chậm {off} so với thành phố. Chỉnh lại ngày giờ, bật tự động",
    "{off} behind the city's. Set date and time, best to automatic",
);
pub(super) const CLOCK_FAST: Bilingual = both(
    "Nhanh {off} so với thành phố. Chỉnh lại ngày giờ, bật tự động",
    "{off} ahead of the city's. Set date and time, best to automatic",
);
pub(super) const CLOCK_IMPOSSIBLE: Bilingual = both(
    "Máy đang ở {now} UTC, chắc chắn sai. Chỉnh lại ngày giờ, bật tự động",
    "This machine says {now} UTC, which cannot be. Set date and time, best to automatic",
);
pub(super) const CLOCK_NOT_CHECKED: Bilingual = both(
    "Chưa so được với thành phố",
    "Could not be compared with the city's",
);

const SECONDS: Bilingual = both("{n} giây", "{n} seconds");
const MINUTES: Bilingual = both("{n} phút", "{n} minutes");
const HOURS: Bilingual = both("{n} giờ", "{n} hours");
const DAYS: Bilingual = both("{n} ngày", "{n} days");

/// A length of time in its largest unit that leaves two or more.
pub(super) fn span(words: Words, seconds: u64) -> String {
    let units = [(86_400, DAYS), (3_600, HOURS), (60, MINUTES), (1, SECONDS)];
    let (unit, text) = units
        .into_iter()
        .find(|(unit, _)| seconds >= 2 * unit)
        .unwrap_or((1, SECONDS));
    words.fill(text, &[("n", &(seconds / unit).to_string())])
}
