namespace Madang.Crawler.Frontier;

/// <summary>Where each sink stands in a crawl's page log, and which node brings it its pages.</summary>
internal interface ISinkPlaces
{
    /// <summary>How far a sink has come in the page log.</summary>
    Task<long> SinkAsync(string sink, CancellationToken cancellationToken);

    /// <summary>
    /// The sink is the holder's for so long from now, unless another one's time has not run out: one node at a time brings it its pages. By the store's clock.
    /// </summary>
    Task<SinkPlace> TakeSinkAsync(string sink, string holder, TimeSpan length, CancellationToken cancellationToken);

    /// <summary>The sink has everything up to there, and stays the holder's for so long. False, and nothing moves, when another has taken it over. Never goes back.</summary>
    Task<bool> AdvanceAsync(string sink, string holder, long log, TimeSpan length, CancellationToken cancellationToken);

    /// <summary>Anybody may take it at once, if it was the holder's.</summary>
    Task LeaveSinkAsync(string sink, string holder, CancellationToken cancellationToken);
}

/// <param name="Log">How far it has come.</param>
internal readonly record struct SinkPlace(bool IsOurs, long Log);
