//! Which addresses may be asked, and how names become numbers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::NotAllowed;

/// Reads a URL and says whether it may be asked: `https`, or `http` to this machine; no user, no password.
pub(super) fn check(url: &str) -> Result<Url, NotAllowed> {
    let mut url = Url::parse(url).map_err(|_| NotAllowed::NoHost)?;
    let host = url.host().ok_or(NotAllowed::NoHost)?;
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(&host) => {}
        _ => return Err(NotAllowed::NotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotAllowed::Credentials);
    }
    url.set_fragment(None);
    Ok(url)
}

/// Whether a city's endpoint may be asked; the error is a code of the catalogue.
///
/// # Errors
/// `error.not_a_city` for anything but a plain `https` URL (`http` to this machine).
pub(crate) fn check_base(endpoint: &str) -> Result<(), &'static str> {
    check(endpoint).map(|_| ()).map_err(|_| "error.not_a_city")
}

fn is_this_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => is_localhost(name),
    }
}

fn is_localhost(name: &str) -> bool {
    name.trim_end_matches('.').eq_ignore_ascii_case("localhost")
}

/// The system's resolver, except that `localhost` is this machine whatever a resolver says (RFC 6761, section 6.3):
/// that name is allowed without TLS.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            if is_localhost(name.as_str()) {
                let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
                return Ok(Box::new(here.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs);
            }
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
