//! Secrets in SSM: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>.

use crate::failure::unavailable;
use aws_sdk_ssm::Client;
use signalbox_engine::ports::PortError;
use std::collections::BTreeMap;

/// How many names fit into one call.
const MOST: usize = 10;

/// Parameters of SSM, decrypted.
#[derive(Debug, Clone)]
pub struct Parameters {
    client: Client,
}

impl Parameters {
    /// Over this client.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The values of these parameters, by name: one call for every ten.
    ///
    /// # Errors
    /// When SSM cannot be reached, or does not have one of them; no error names a value.
    pub async fn read(&self, names: &[String]) -> Result<BTreeMap<String, String>, PortError> {
        let mut values = BTreeMap::new();
        for names in names.chunks(MOST) {
            let request = self.client.get_parameters().set_names(Some(names.to_vec())).with_decryption(true);
            let answer = request.send().await.map_err(|e| unavailable("reading parameters", &e))?;
            let found = answer.parameters.unwrap_or_default().into_iter();
            values.extend(found.filter_map(|p| Some((p.name?, p.value?))));
        }
        match names.iter().find(|name| !values.contains_key(*name)) {
            Some(missing) => {
                Err(PortError::Unavailable(format!("SSM has no parameter {missing} in this region")))
            }
            None => Ok(values),
        }
    }
}
