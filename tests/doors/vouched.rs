//! Makes the MAC of a door as docs and code describe it, written a second time here. It is needed for bodies that none
//! of our doors would queue.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use signalbox_engine::ports::Message;
use signalbox_engine::wire::command::Envelope;
use signalbox_testkit::samples;

/// A body with these bytes, as a door with this key would queue it.
pub fn with(key: &str, signed: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(b"signalbox command 2\n");
    mac.update(signed);
    let mac: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    let signed = std::str::from_utf8(signed).unwrap();
    format!(r#"{{"v":2,"mac":"{mac}","signed":{signed}}}"#).into_bytes()
}

/// A command in which one text was replaced before it was signed.
pub fn replaced(key: &str, envelope: &Envelope, what: &str, by: &str) -> Message {
    let message = envelope.to_message().unwrap();
    let text = String::from_utf8(message.body).unwrap().replacen(what, by, 1);
    Message { body: with(key, text.as_bytes()), ..message }
}

#[test]
fn it_is_what_doors_write() {
    let by = samples::person("UADA");
    let run = signalbox_domain::RunId::derive("slack", samples::WORKSPACE, "1");
    let cancel = signalbox_domain::RunCommand::Cancel { by, place: samples::channel("CRELEASES") };
    let envelope = Envelope::new(run, "k", cancel);
    let door = samples::vouching().message(&envelope).unwrap();
    assert_eq!(door, replaced(samples::COMMAND_KEY, &envelope, "", ""));
}
