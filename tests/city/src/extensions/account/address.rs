//! Where a code goes: a phone number or an e-mail address, in one spelling.

use crate::cases::phone;
use crate::http::body::Fields;
use crate::http::refusal::Refusal;
use crate::words::{Word as _, words};

words! {
    /// By what somebody signs in.
    pub(crate) enum AddressKind { Phone = "phone", Email = "email" }
}

/// Bytes of an e-mail address (RFC 5321, 4.5.3.1.3, without the brackets).
const EMAIL_MAX: usize = 254;

/// A phone number in E.164, or an e-mail address in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) kind: AddressKind,
    pub(crate) value: String,
}

impl Address {
    /// Reads `phone` or `email`, exactly one of them.
    pub(crate) fn read(fields: &Fields) -> Result<Self, Refusal> {
        match (fields.get("phone"), fields.get("email")) {
            (Some(text), None) => {
                let value = phone::e164(text).ok_or_else(|| {
                    Refusal::field(
                        "phone",
                        "Số điện thoại không đúng. / phone is a telephone number, like 0905 123 567 or +84905123567.",
                    )
                })?;
                Ok(Self {
                    kind: AddressKind::Phone,
                    value,
                })
            }
            (None, Some(text)) => {
                let value = email(text).ok_or_else(|| {
                    Refusal::field(
                        "email",
                        "Địa chỉ e-mail không đúng. / email is an e-mail address.",
                    )
                })?;
                Ok(Self {
                    kind: AddressKind::Email,
                    value,
                })
            }
            _ => Err(Refusal::field(
                "phone",
                "Cần số điện thoại hoặc e-mail. / Either phone or email is needed.",
            )),
        }
    }

    /// As its owner may be shown it: enough to know it by, not enough to use it.
    pub(crate) fn masked(kind: &str, value: &str) -> String {
        match (AddressKind::parse(kind), value.split_once('@')) {
            (Some(AddressKind::Email), Some((local, domain))) => {
                let first: String = local.chars().take(1).collect();
                format!("{first}xxx@{domain}")
            }
            _ => phone::masked(value),
        }
    }
}

/// One `@`, a domain with a dot, nothing that a mail header would trip over. Case is not kept: no mail provider tells
/// two people apart by it.
fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.split_once('@')?;
    let plain = |sign: char| !sign.is_whitespace() && !sign.is_control() && !"@<>,;:\\\"()[]".contains(sign);
    let dotted = domain.split('.').count() > 1 && domain.split('.').all(|label| !label.is_empty());
    let fits = !local.is_empty() && dotted && text.len() <= EMAIL_MAX;
    Some(text.to_lowercase()).filter(|_| fits && local.chars().all(plain) && domain.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_or_refused() {
        assert_eq!(email(" B.Tran@Example.VN ").as_deref(), Some("b.tran@example.vn"));
        for wrong in [
            "",
            "b",
            "b@",
            "@example.vn",
            "b@example",
            "b@@example.vn",
            "b c@example.vn",
            "b@ex..vn",
            "a,b@example.vn",
        ] {
            assert_eq!(email(wrong), None, "{wrong}");
        }
        assert_eq!(Address::masked("email", "b.tran@example.vn"), "bxxx@example.vn");
        assert_eq!(Address::masked("phone", "+84905123567"), "09xx xxx 567");
    }
}
