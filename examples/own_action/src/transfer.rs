//! The action as an operation of the instance, down, up, and back for mocks.

use alibabacloud_kms::transfer::{Native, NativeReply, Operation, Transfer, TransferBack};
use alibabacloud_kms::{Charset, Error, ExposeSecret};

use crate::native::{ChooseWordsRequest, ChooseWordsResponse};
use crate::{GetRandomPassphraseRequest, GetRandomPassphraseResponse};

impl Transfer for GetRandomPassphraseRequest {
    const OPERATIONS: &'static [Operation] = &[Operation::with_back::<Self, ChooseWordsRequest>()];

    async fn transfer(
        &self,
        native: &mut Native<'_>,
    ) -> Result<GetRandomPassphraseResponse, Error> {
        let answer = native.send(ChooseWordsRequest::new(self.word_count)).await?.response;
        let separator = self.separator.as_deref().unwrap_or(" ");
        Ok(GetRandomPassphraseResponse {
            random_passphrase: answer.words.expose_secret().replace(' ', separator).into(),
            request_id: answer.request_id,
        })
    }
}

/// With it a mock's rule on the action answers on the instance too.
impl TransferBack<ChooseWordsRequest> for GetRandomPassphraseRequest {
    fn back(
        response: &GetRandomPassphraseResponse,
        _: Charset,
    ) -> Result<NativeReply<ChooseWordsResponse>, Error> {
        Ok(NativeReply::new(ChooseWordsResponse {
            words: response.random_passphrase.clone(),
            request_id: response.request_id.clone(),
        }))
    }
}
