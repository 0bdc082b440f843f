//! What stands in front of several replicas: hands each connection to the next one.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// A TCP balancer; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Balancer {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    taken: Arc<Vec<AtomicUsize>>,
    running: JoinHandle<()>,
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Balancer {
    /// In front of these replicas, in turn.
    pub(crate) async fn before(replicas: &[SocketAddr]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let replicas = replicas.to_vec();
        let taken: Vec<_> = replicas.iter().map(|_| AtomicUsize::new(0)).collect();
        let taken = Arc::new(taken);
        let counted = Arc::clone(&taken);
        let running = tokio::spawn(async move {
            for turn in 0.. {
                let Ok((mut outside, _)) = listener.accept().await else {
                    return;
                };
                let turn = turn % replicas.len();
                counted[turn].fetch_add(1, Ordering::SeqCst);
                let replica = replicas[turn];
                tokio::spawn(async move {
                    let mut inside = TcpStream::connect(replica).await.unwrap();
                    // Either side may hang up.
                    let _ = copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
        Self {
            address,
            taken,
            running,
        }
    }

    /// How many connections each replica was handed.
    pub(crate) fn taken(&self) -> Vec<usize> {
        let taken = self.taken.iter();
        taken.map(|taken| taken.load(Ordering::SeqCst)).collect()
    }
}
