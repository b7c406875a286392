//! How one blob gets into a registry: taken over from the base's repository there, streamed from the base's
//! registry, or sent from the layout. Each in one request with its digest, which the registry checks.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, stream};
use reqwest::{
    Body, Method, Response, StatusCode, Url,
    header::{self, HeaderValue},
};
use sha2::{Digest as _, Sha256};
use slipway_domain::{
    image::Digest,
    ports::{ImageProblem, PortError},
};

use crate::{
    bases::pull,
    client::{Call, LONG, expect},
    manifest::{Descriptor, named},
    push::Push,
    refusal::{Wish, attempt, corrupt},
};

const BYTES: &str = "application/octet-stream";
/// A registry that sends nothing for so long will not send the rest.
const SILENCE: Duration = Duration::from_mins(1);

/// One blob on its way.
pub(crate) struct Upload<'a> {
    pub push: &'a Push<'a>,
    pub blob: &'a Descriptor,
}

impl Upload<'_> {
    /// Sends what is at hand.
    pub async fn bytes(&self, bytes: Vec<u8>) -> Result<(), ImageProblem> {
        let begun = self.begin("").await?;
        let call = Call::new(Method::PUT, self.place(&begun)?).body(bytes, BYTES);
        let claim = self.push.claim();
        let response = self.push.bases.client.send(&claim, &call).await?;
        expect(&claim, response, &[StatusCode::CREATED]).await.map(drop)
    }

    /// Takes over a layer of the base: without sending it, if the registry is the same and agrees.
    pub async fn of_base(&self) -> Result<(), ImageProblem> {
        let Push { base, image, .. } = self.push;
        if base.registry == image.registry {
            match self.begin(&format!("?mount={}&from={}", self.blob.digest, base.repository)).await {
                Ok(begun) if begun.status() == StatusCode::CREATED => return Ok(()),
                Ok(begun) => return self.stream(self.place(&begun)?).await,
                // Some registries refuse instead of asking for the blob.
                Err(ImageProblem::Hopeless(_)) => {}
                Err(passing) => return Err(passing),
            }
        }
        let begun = self.begin("").await?;
        self.stream(self.place(&begun)?).await
    }

    async fn begin(&self, query: &str) -> Result<Response, ImageProblem> {
        let Push { bases, image, .. } = self.push;
        let url = bases.client.url(image, &format!("blobs/uploads/{query}"))?;
        let claim = self.push.claim();
        let response = bases.client.send(&claim, &Call::new(Method::POST, url)).await?;
        expect(&claim, response, &[StatusCode::ACCEPTED, StatusCode::CREATED]).await
    }

    /// Where the registry wants the blob to be sent, with its digest.
    fn place(&self, begun: &Response) -> Result<Url, ImageProblem> {
        let Push { bases, image, .. } = self.push;
        let own = bases.client.url(image, "blobs/uploads/")?;
        let location = begun.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let place = location.and_then(|text| own.join(text).ok());
        let mut place = place.ok_or_else(|| {
            let problem = "the registry does not say where to send a blob";
            ImageProblem::Passing(PortError::new(attempt(image, Wish::Push), problem))
        })?;
        // A registry behind a proxy may not know that it is reached with TLS.
        if own.scheme() == "https" && place.host() == own.host() {
            place.set_scheme("https").ok();
        }
        place.query_pairs_mut().append_pair("digest", self.blob.digest.as_str());
        Ok(place)
    }

    async fn stream(&self, place: Url) -> Result<(), ImageProblem> {
        let Push { bases, base, image, .. } = self.push;
        let url = bases.client.url(base, &format!("blobs/{}", self.blob.digest))?;
        let get = Call { timeout: LONG, ..Call::new(Method::GET, url) };
        let scope = pull(base);
        let claim = bases.client.claim(base, Wish::Look, &scope);
        let source = expect(&claim, bases.client.send(&claim, &get).await?, &[StatusCode::OK]).await?;

        let wrong = Arc::new(AtomicBool::new(false));
        let body = checked(source, self.blob, Arc::clone(&wrong));
        let mut put = Call { timeout: LONG, ..Call::new(Method::PUT, place) };
        put = put.header(header::CONTENT_TYPE, BYTES);
        put.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(self.blob.size));
        let claim = self.push.claim();
        let answer = bases.client.stream(&claim, &put, Body::wrap_stream(body)).await;
        if wrong.load(Ordering::Relaxed) {
            return Err(corrupt(base, format!("a layer is not {}", self.blob.digest)));
        }
        let answer = answer?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            // It let the upload begin: what was shown has expired on the way.
            let problem = "the token expired";
            return Err(ImageProblem::Passing(PortError::new(attempt(image, Wish::Push), problem)));
        }
        expect(&claim, answer, &[StatusCode::CREATED]).await.map(drop)
    }
}

/// What is left of a blob to be sent.
struct Rest {
    source: Response,
    hash: Sha256,
    left: u64,
    /// Read and not sent: the last piece goes only when all of them are known to be right.
    held: Option<Bytes>,
    digest: Digest,
    wrong: Arc<AtomicBool>,
}

/// The pieces of a blob, with an error in place of the last one if they are not what the digest says.
fn checked(
    source: Response,
    blob: &Descriptor,
    wrong: Arc<AtomicBool>,
) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    let (hash, digest, left) = (Sha256::new(), blob.digest.clone(), blob.size);
    let rest = Rest { source, hash, left, held: None, digest, wrong };
    stream::try_unfold(Some(rest), |rest| async {
        match rest {
            Some(rest) => rest.next().await,
            None => Ok(None),
        }
    })
}

impl Rest {
    async fn next(mut self) -> io::Result<Option<(Bytes, Option<Self>)>> {
        loop {
            let piece = tokio::time::timeout(SILENCE, self.source.chunk()).await;
            let piece =
                piece.map_err(io::Error::from)?.map_err(|error| io::Error::other(error.without_url()))?;
            let Some(piece) = piece else { break };
            self.hash.update(&piece);
            self.left = self.left.checked_sub(piece.len() as u64).ok_or_else(|| self.mismatch())?;
            if let Some(ready) = self.held.replace(piece) {
                return Ok(Some((ready, Some(self))));
            }
        }
        if self.left > 0 || named(&hex::encode(self.hash.clone().finalize())) != self.digest {
            return Err(self.mismatch());
        }
        Ok(self.held.take().map(|last| (last, None)))
    }

    fn mismatch(&self) -> io::Error {
        self.wrong.store(true, Ordering::Relaxed);
        io::Error::new(io::ErrorKind::InvalidData, "the layer is not what its digest says")
    }
}
