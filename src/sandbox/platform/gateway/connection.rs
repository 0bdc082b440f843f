//! One connection of a client, in the part of the gateway.

use std::{
    sync::Arc,
    time::{Duration, Instant as StdInstant},
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::mpsc,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_websockets::{CloseCode, Message, ServerBuilder, WebSocketStream};

use super::{
    super::{fluxer, world::World},
    deflate::Deflater,
    fault::{GatewayAct, GatewayFault},
    heard::Said,
    hub::{Line, NotResumed, Order, is_of},
};

/// The longest frame that a client may send, in bytes.
const FRAME_MAX_BYTES: usize = 4096;

/// Frames that a client may send in a minute.
const FRAMES_PER_MINUTE: u32 = 600;

/// How much later than its interval a heartbeat may come.
const HEARTBEAT_GRACE: Duration = Duration::from_millis(3_750);

/// How long a client may take to leave.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Codes of frames.
mod op {
    pub(super) const HEARTBEAT: u64 = 1;
    pub(super) const IDENTIFY: u64 = 2;
    pub(super) const RESUME: u64 = 6;
}

/// A code to close with.
struct Close(u16);

/// What a connection ended with.
type Go = Result<(), Close>;

struct Connection {
    world: Arc<World>,
    number: u64,
    stream: WebSocketStream<TcpStream>,
    deflater: Option<Deflater>,
    fault: Option<GatewayFault>,
    line: Line,
    session: Option<String>,
    /// When the client's minute began, and the frames that came in it.
    minute: (StdInstant, u32),
}

/// Serves one connection to its end.
pub(super) async fn serve(stream: TcpStream, world: Arc<World>) {
    let _ = stream.set_nodelay(true);
    let Ok((request, stream)) = ServerBuilder::new().accept(stream).await else {
        return;
    };
    let uri = request.uri();
    if uri.path().trim_end_matches('/') != "/gateway" {
        return;
    }
    let query = uri.query().unwrap_or_default().to_owned();
    let has = |wanted: &str| query.split('&').any(|parameter| parameter == wanted);
    let (number, fault) = world.hub.connect();
    let is_compressed = has("compress=zstd-stream") && fault != Some(GatewayFault::Uncompressed);
    let is_version = has("v=1") && has("encoding=json");
    world.hub.note(number, Said::Connected { query });
    let (line, mut orders) = mpsc::unbounded_channel();
    let mut connection = Connection {
        world: Arc::clone(&world),
        number,
        stream,
        deflater: is_compressed.then(Deflater::default),
        fault,
        line,
        session: None,
        minute: (StdInstant::now(), 0),
    };
    let ended = tokio::select! {
        ended = connection.run(is_version, &mut orders) => ended,
        () = world.stopped() => None,
    };
    if let Some(Close(code)) = ended {
        let code = CloseCode::try_from(code).unwrap_or(CloseCode::NORMAL_CLOSURE);
        let _ = connection.stream.send(Message::close(Some(code), "")).await;
        // Until the client has heard it; what it still sends is of no interest.
        let heard = async { while let Some(Ok(_)) = connection.stream.next().await {} };
        let _ = timeout(CLOSE_TIMEOUT, heard).await;
    }
    if let Some(session) = &connection.session {
        world.hub.leave(session, number, false);
    }
}

impl Connection {
    /// Ends with the code to close with, or without one where there is nobody to tell.
    async fn run(
        &mut self,
        is_version: bool,
        orders: &mut mpsc::UnboundedReceiver<Order>,
    ) -> Option<Close> {
        if !is_version {
            return Some(Close(4012));
        }
        let interval = self.world.hub.settings().heartbeat_interval;
        if self.fault != Some(GatewayFault::NoHello) {
            let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
            let hello = json!({ "op": 10, "d": { "heartbeat_interval": millis } });
            self.send(&hello).await?;
        }
        let mut late_at = Instant::now() + interval + HEARTBEAT_GRACE;
        loop {
            let went = tokio::select! {
                message = self.stream.next() => {
                    let Some(Ok(message)) = message else {
                        self.world.hub.note(self.number, Said::Closed(None));
                        return None;
                    };
                    if let Some((code, _)) = message.as_close() {
                        self.hear_close(code.into());
                        return None;
                    }
                    let Some(text) = message.as_text() else { continue };
                    let frame = self.hear(text);
                    if frame.0 == Some(op::HEARTBEAT) {
                        late_at = Instant::now() + interval + HEARTBEAT_GRACE;
                    }
                    self.answer(frame, text.len()).await
                }
                Some(order) = orders.recv() => match order {
                    Order::Act(GatewayAct::Break) => return None,
                    order => self.obey(order).await,
                },
                () = sleep_until(late_at), if !self.is_silent() => Err(Close(4009)),
            };
            if let Err(close) = went {
                return Some(close);
            }
        }
    }

    /// Whether nothing is to be sent any more.
    fn is_silent(&self) -> bool {
        matches!(
            self.fault,
            Some(GatewayFault::NoHello | GatewayFault::Silence)
        )
    }

    fn hear_close(&mut self, code: u16) {
        self.world.hub.note(self.number, Said::Closed(Some(code)));
        // Whoever closes in this way is done with the session.
        if let (Some(session), 1000 | 1001) = (&self.session, code) {
            self.world.hub.leave(session, self.number, true);
            self.session = None;
        }
    }

    fn hear(&self, text: &str) -> (Option<u64>, Value) {
        let mut frame: Value = serde_json::from_str(text).unwrap_or_default();
        let op = frame["op"].as_u64();
        let data = frame["d"].take();
        let said = Said::Frame {
            op,
            data: data.clone(),
            bytes: text.len(),
        };
        self.world.hub.note(self.number, said);
        (op, data)
    }

    async fn answer(&mut self, (op, data): (Option<u64>, Value), bytes: usize) -> Go {
        let (began, count) = &mut self.minute;
        if began.elapsed() >= Duration::from_secs(60) {
            (*began, *count) = (StdInstant::now(), 0);
        }
        *count += 1;
        if *count > FRAMES_PER_MINUTE {
            return Err(Close(4008));
        }
        if bytes > FRAME_MAX_BYTES {
            return Err(Close(4002));
        }
        if self.is_silent() {
            return Ok(());
        }
        match op {
            None => Err(Close(4002)),
            Some(op::HEARTBEAT) => self.acknowledge().await,
            Some(op::IDENTIFY) => self.identify(&data).await,
            Some(op::RESUME) => self.resume(&data).await,
            Some(3 | 4 | 5 | 8 | 14) if self.session.is_none() => Err(Close(4003)),
            Some(3 | 4 | 5 | 8 | 14) => Ok(()),
            Some(_) => Err(Close(4001)),
        }
    }

    async fn acknowledge(&mut self) -> Go {
        let acknowledged = json!({ "op": 11 });
        match self.fault {
            Some(GatewayFault::NoAcks) => {}
            Some(GatewayFault::LateAcks(late)) => {
                let line = self.line.clone();
                tokio::spawn(async move {
                    sleep(late).await;
                    let _ = line.send(Order::Send(acknowledged));
                });
            }
            _ => {
                self.send(&acknowledged).await;
            }
        }
        Ok(())
    }

    async fn identify(&mut self, data: &Value) -> Go {
        if self.session.is_some() {
            return Err(Close(4005));
        }
        let properties = &data["properties"];
        let is_told = |name: &&str| properties[*name].is_string();
        if !["os", "browser", "device"].iter().all(is_told) {
            return Err(Close(4002));
        }
        self.check_token(data)?;
        let shard = match &data["shard"] {
            Value::Null => (0, 1),
            shard => match (shard[0].as_u64(), shard[1].as_u64()) {
                (Some(number), Some(of)) if number < of => (number, of),
                _ => return Err(Close(4010)),
            },
        };
        if self.meets_fault().await? {
            return Ok(());
        }
        let ignored = data["ignored_events"].as_array().into_iter().flatten();
        let ignored = ignored.filter_map(|name| name.as_str().map(str::to_owned));
        let hub = &self.world.hub;
        let session = hub.begin(shard, ignored.collect());
        hub.attach(&session, self.number, &self.line);
        hub.tell(&session, "READY", &fluxer::ready(&session));
        for community in self.world.guilds().values() {
            if community.has_bot() && is_of(shard, Some(community.id)) {
                hub.tell(&session, "GUILD_CREATE", &fluxer::guild_create(community));
            }
        }
        self.session = Some(session);
        Ok(())
    }

    async fn resume(&mut self, data: &Value) -> Go {
        self.check_token(data)?;
        if self.meets_fault().await? {
            return Ok(());
        }
        let session = data["session_id"].as_str().unwrap_or_default();
        let number = data["seq"].as_u64().ok_or(Close(4002))?;
        let hub = &self.world.hub;
        match hub.resumable(session, number) {
            Err(NotResumed::BadNumber) => Err(Close(4007)),
            Err(NotResumed::Unknown) => {
                self.send(&json!({ "op": 9, "d": false })).await;
                Ok(())
            }
            Ok(()) => {
                hub.attach(session, self.number, &self.line);
                hub.tell(session, "RESUMED", &json!({}));
                self.session = Some(session.to_owned());
                Ok(())
            }
        }
    }

    fn check_token(&self, data: &Value) -> Go {
        let sent = data["token"].as_str().unwrap_or_default();
        let token = sent.strip_prefix("Bot ").unwrap_or(sent);
        if token == self.world.accounts().fluxer_token {
            Ok(())
        } else {
            Err(Close(4004))
        }
    }

    /// What a fault does in the place of a session. Says whether one did.
    async fn meets_fault(&mut self) -> Result<bool, Close> {
        match self.fault {
            Some(GatewayFault::Refused(code)) => Err(Close(code)),
            Some(GatewayFault::Invalid { is_resumable }) => {
                self.send(&json!({ "op": 9, "d": is_resumable })).await;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn obey(&mut self, order: Order) -> Go {
        let act = match order {
            Order::Send(frame) => {
                self.send(&frame).await;
                return Ok(());
            }
            Order::Act(act) => act,
        };
        match act {
            GatewayAct::Reconnect => {
                self.send(&json!({ "op": 7, "d": null })).await;
            }
            GatewayAct::AskForHeartbeat => {
                self.send(&json!({ "op": 1, "d": null })).await;
            }
            GatewayAct::Invalid { is_resumable } => {
                self.send(&json!({ "op": 9, "d": is_resumable })).await;
                if let Some(session) = self.session.take_if(|_| !is_resumable) {
                    self.world.hub.end(&session);
                }
            }
            GatewayAct::Close(code) => return Err(Close(code)),
            GatewayAct::Text(text) => {
                let _ = self.stream.send(Message::text(text)).await;
            }
            GatewayAct::Bytes(bytes) => {
                let _ = self.stream.send(Message::binary(bytes)).await;
            }
            // Done where sessions are, and where connections end.
            GatewayAct::SkipNumbers(_) | GatewayAct::Break => {}
        }
        Ok(())
    }

    /// Sends a frame; `None` when nobody is there to get it.
    async fn send(&mut self, frame: &Value) -> Option<()> {
        let is_hello = frame["op"] == 10;
        let text = frame.to_string();
        let message = match &mut self.deflater {
            None => Message::text(text),
            Some(deflater) => {
                let mut bytes = deflater.deflate(text.as_bytes());
                if self.fault == Some(GatewayFault::BrokenStream) && !is_hello {
                    bytes.fill(0xff);
                }
                Message::binary(bytes)
            }
        };
        self.stream.send(message).await.ok()
    }
}
