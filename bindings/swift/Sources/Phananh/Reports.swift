// What a Swift app wants around the generated classes: events as an AsyncSequence, and an open store that cannot be
// forgotten open. Nothing is decided here.

@_exported import PhananhCore

extension ReportClient {
    /// What changes from now on, until the client is shut down or the task that reads is cancelled.
    ///
    /// An event says what changed, never how: read the new state. After `.resync` read everything again.
    ///
    /// - Throws: `ClientError.Closed` after shut-down.
    public func changes() async throws -> AsyncStream<Event> {
        let events = try await subscribe()
        return AsyncStream(unfolding: { await events.next() })
    }
}

/// Opens a store, works with it, and lets its folder go in every case: an app that keeps files locked while it sleeps
/// is killed.
///
/// - Throws: `ClientError` as `ReportClient.open`, and what `work` throws.
public func withReports<T: Sendable>(
    _ options: OpenOptions,
    secrets: any SecureStore,
    work: @Sendable (ReportClient) async throws -> T
) async throws -> T {
    let client = try await ReportClient.open(options: options, secrets: secrets)
    do {
        let done = try await work(client)
        try await client.shutDown()
        return done
    } catch {
        try? await client.shutDown()
        throw error
    }
}
