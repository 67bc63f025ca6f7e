//! The `signature_key` of notifications and status answers (handle-notifications in the documentation).

use std::fmt::Write;

use sha2::{Digest, Sha512};

/// Lower-case hex of SHA-512 over `order_id + status_code + gross_amount + server_key`.
pub fn signature_key(order_id: &str, status_code: &str, gross_amount: &str, server_key: &str) -> String {
    let digest = Sha512::new()
        .chain_update(order_id)
        .chain_update(status_code)
        .chain_update(gross_amount)
        .chain_update(server_key)
        .finalize();
    digest.iter().fold(String::with_capacity(128), |mut hex, byte| {
        // Writing to a `String` cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "SB-Mid-server-EXAMPLE_NOT_A_REAL_KEY";

    #[test]
    fn known_vectors() {
        for (order_id, code, amount, key, expected) in [
            (
                "1111",
                "200",
                "100000.00",
                "askvnoibnosifnboseofinbofinfgbiufglnbfg",
                "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231",
            ),
            (
                "ORDER-101",
                "200",
                "10000.00",
                KEY,
                "da18c9ccac0647fb36aa19a65e9b16074ede627cdef16b9fe9dfb92d6d34ab348a6f86b9c95ea84f4020f4a5ccd1dc0329657941fee4380f709edf01774f13c8",
            ),
            (
                "ORDER-101",
                "201",
                "10000.00",
                KEY,
                "ea0af132dbbc3c88c9a87b3facbb70603e9baa2f284bf0acae27e11380e080b5f6ea4fc2ace1227f07ef62b40e6abe426db2f7279308386bc3024974a4d32623",
            ),
            (
                "ORDER-101",
                "202",
                "10000.00",
                KEY,
                "cf334a2dc9e8b0de145305ab302e26b415ad182df8ffcc8eb212d4a8dc3c1bdd9863ee7310ee310304c7753b15925965634b61af5c0a549cbce21f5c066aa264",
            ),
            (
                "ORDER-101",
                "200",
                "10000",
                KEY,
                "918b8d497d9318d367e83a67192a7f8d4ec33eb86600f251f722d232b8bc031872529b9d61e17ffe9e56d0412a23cb20e5e8a40c32c94953b6327732b8c7c2c4",
            ),
        ] {
            assert_eq!(signature_key(order_id, code, amount, key), expected, "{order_id} {code} {amount}");
        }
    }
}
