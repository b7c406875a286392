//! A cable between the program and something that it needs, which can be cut or fall silent.

use std::{io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
};

/// How a cable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Connections break, and no new one is taken: the process at the other end has gone.
    Cut,
    /// Connections stand and nothing comes through, not even their end when the cable is whole again: the machine
    /// at the other end has gone.
    Silent,
}

/// The cable. It ends when this is dropped.
pub struct Cable {
    /// Host and port of this end.
    pub place: String,
    fault: watch::Sender<Option<Fault>>,
    _tasks: JoinSet<()>,
}

impl Cable {
    /// To that host and port.
    pub async fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = listener.local_addr().unwrap().to_string();
        let (fault, mut told) = watch::channel(None);
        let mut tasks = JoinSet::new();
        let (here, target) = (place.clone(), target.to_owned());
        tasks.spawn(async move {
            let mut listener = Some(listener);
            let mut connections = JoinSet::new();
            loop {
                let fault = *told.borrow_and_update();
                match fault {
                    Some(Fault::Cut) => {
                        listener = None;
                        connections.shutdown().await;
                    }
                    _ if listener.is_none() => listener = Some(again(&here).await),
                    _ => {}
                }
                let taken = async {
                    match &listener {
                        // A machine that has gone takes no connection; its backlog is not asked.
                        Some(listener) if fault.is_none() => listener.accept().await,
                        _ => std::future::pending().await,
                    }
                };
                tokio::select! {
                    changed = told.changed() => if changed.is_err() { return },
                    taken = taken => {
                        let (near, _) = taken.unwrap();
                        connections.spawn(join(near, target.clone(), told.clone()));
                    }
                }
            }
        });
        Self { place, fault, _tasks: tasks }
    }

    pub fn break_down(&self, fault: Fault) {
        self.fault.send_replace(Some(fault));
    }

    pub fn mend(&self) {
        self.fault.send_replace(None);
    }
}

/// The same port again, as a server takes it that is started again.
async fn again(place: &str) -> TcpListener {
    loop {
        if let Ok(listener) = TcpListener::bind(place).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn join(near: TcpStream, target: String, told: watch::Receiver<Option<Fault>>) {
    let Ok(far) = TcpStream::connect(target).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    let _ = tokio::join!(carry(near_in, far_out, told.clone()), carry(far_in, near_out, told));
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut told: watch::Receiver<Option<Fault>>,
) -> io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let count = tokio::select! {
            // What has been silent once stays so.
            () = silence(&mut told) => std::future::pending().await,
            count = from.read(&mut bytes) => count?,
        };
        if count == 0 {
            return to.shutdown().await;
        }
        to.write_all(&bytes[..count]).await?;
    }
}

async fn silence(told: &mut watch::Receiver<Option<Fault>>) {
    let _ = told.wait_for(|fault| *fault == Some(Fault::Silent)).await;
}
