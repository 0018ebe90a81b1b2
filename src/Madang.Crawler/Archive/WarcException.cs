namespace Madang.Crawler.Archive;

/// <summary>A WARC file is not what it should be.</summary>
/// <param name="code">One of <see cref="WarcFaults"/>.</param>
/// <param name="offset">Of the member within the file.</param>
internal sealed class WarcException(string code, long offset, Exception? inner = null) : Exception($"{code} at {offset}", inner)
{
    public string Code { get; } = code;

    public long Offset { get; } = offset;
}

/// <summary>What can be wrong with an archive, as stable codes.</summary>
internal static class WarcFaults
{
    /// <summary>No gzip member begins where one should.</summary>
    public const string NotGzip = "not_gzip";

    /// <summary>The compressed bytes are damaged, or their checksum or length differs.</summary>
    public const string BadGzip = "bad_gzip";

    /// <summary>The file ends within a member.</summary>
    public const string CutShort = "cut_short";

    /// <summary>No <c>WARC/1.x</c> line, or a field without a colon.</summary>
    public const string BadHead = "bad_head";

    /// <summary>The named fields are longer than 64 KiB, or the record longer than the reader's limit.</summary>
    public const string TooLarge = "too_large";

    /// <summary>A mandatory field is missing or cannot be read.</summary>
    public const string MissingField = "missing_field";

    /// <summary>The block is longer or shorter than Content-Length.</summary>
    public const string WrongLength = "wrong_length";

    public const string WrongBlockDigest = "wrong_block_digest";

    public const string WrongPayloadDigest = "wrong_payload_digest";

    /// <summary>Two records of one id.</summary>
    public const string RepeatedId = "repeated_id";

    /// <summary>WARC-Concurrent-To names no record of the file.</summary>
    public const string UnknownConcurrent = "unknown_concurrent";

    /// <summary>A revisit without a profile or without what it refers to.</summary>
    public const string BadRevisit = "bad_revisit";

    /// <summary>A response whose block is no HTTP message.</summary>
    public const string BadHttp = "bad_http";
}
