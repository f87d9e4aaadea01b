//! How much one address has of what there is little of, connections and turns: one client that takes all it can must leave
//! some for others.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::Source;

/// Who holds how many. As large as what is held, for who holds none has no entry.
#[derive(Debug)]
pub struct Addresses {
    most: usize,
    held: Mutex<HashMap<IpAddr, usize>>,
}

/// One more of an address, until it is dropped.
#[derive(Debug, Default)]
pub struct Share(Option<(Arc<Addresses>, IpAddr)>);

impl Addresses {
    /// At most so many each; 0, any number.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, held: Mutex::default() })
    }

    /// One more, or nothing.
    pub fn enter(self: &Arc<Self>, from: IpAddr) -> Option<Share> {
        if self.most == 0 {
            return Some(Share::default());
        }
        let from = Source(from).network();
        let mut held = self.held();
        let here = held.entry(from).or_default();
        if *here == self.most {
            return None;
        }
        *here += 1;
        Some(Share(Some((self.clone(), from))))
    }

    fn held(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some((addresses, from)) = &self.0 else { return };
        let mut held = addresses.held();
        if let Some(here) = held.get_mut(from) {
            *here -= 1;
            if *here == 0 {
                held.remove(from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_leaves_nothing_behind() {
        let addresses = Addresses::new(2);
        let held = [addresses.enter(from("192.0.2.1")), addresses.enter(from("::ffff:192.0.2.1"))];
        assert!(held.iter().all(Option::is_some) && addresses.enter(from("192.0.2.1")).is_none());
        assert!(addresses.enter(from("192.0.2.2")).is_some());
        drop(held);
        assert!(addresses.enter(from("192.0.2.1")).is_some());
        assert!(addresses.held().is_empty());
    }

    #[test]
    fn whoever_has_a_network_of_ipv6_is_one_client() {
        let addresses = Addresses::new(1);
        let _held = addresses.enter(from("2001:db8::1")).unwrap();
        assert!(addresses.enter(from("2001:db8::2:1")).is_none());
        assert!(addresses.enter(from("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn without_a_limit_nobody_is_counted() {
        let addresses = Addresses::new(0);
        let _held: Vec<_> = (0..10).map(|_| addresses.enter(from("192.0.2.1")).unwrap()).collect();
        assert!(addresses.held().is_empty());
    }
}
