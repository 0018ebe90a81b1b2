using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Madang.Crawler.Archive;

/// <summary>Reads archives against WARC 1.1: every record parses, is as long as it says, has the digests it says and refers to records that are there.</summary>
internal static class WarcValidation
{
    // A damaged file is damaged; a million lines about it help nobody.
    private const int MostFaults = 1_000;

    /// <summary>Checks one file, or each WARC file of a folder.</summary>
    public static WarcReport Check(string path, CancellationToken cancellationToken)
    {
        var report = new WarcReport();
        var files = Directory.Exists(path) ? Directory.GetFiles(path, "*" + WarcWriter.Extension).Order(StringComparer.Ordinal).ToArray() : [path];
        foreach (var file in files)
        {
            new FileCheck(file, report).Run(cancellationToken);
            report.Files++;
        }

        return report;
    }

    private sealed class FileCheck(string path, WarcReport report)
    {
        private readonly string _name = Path.GetFileName(path);
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
        private readonly List<(string Id, long Offset)> _concurrent = [];

        public void Run(CancellationToken cancellationToken)
        {
            try
            {
                using var reader = WarcReader.Open(path);
                while (reader.Read() is { } record)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Record(record);
                }
            }
            catch (WarcException fault)
            {
                Add(fault.Code, fault.Offset);
            }

            foreach (var (id, offset) in _concurrent)
            {
                if (!_ids.Contains(id))
                {
                    Add(WarcFaults.UnknownConcurrent, offset);
                }
            }
        }

        private void Record(WarcRecord record)
        {
            report.Count(record.Type);
            report.Bytes += record.Length;
            if (record.Type.Length == 0 || record.Id is not { } id || record.Date is null || (record.Type is not "warcinfo" && record.Url is null))
            {
                Add(WarcFaults.MissingField, record.Offset);
                return;
            }

            if (!_ids.Add(id))
            {
                Add(WarcFaults.RepeatedId, record.Offset);
            }

            if (record.ConcurrentTo is { } concurrent)
            {
                _concurrent.Add((concurrent, record.Offset));
            }

            if (!Digest(record.Field("WARC-Block-Digest"), record.Block.Span))
            {
                Add(WarcFaults.WrongBlockDigest, record.Offset);
            }

            Http(record);
        }

        private void Http(WarcRecord record)
        {
            if (record.Type is not ("response" or "revisit" or "request"))
            {
                return;
            }

            var head = record.HttpHead;
            if (head.IsEmpty || (record.Type != "request" && !head.StartsWith("HTTP/"u8)))
            {
                Add(WarcFaults.BadHttp, record.Offset);
            }
            else if (record.Type == "response" && !Digest(record.Field("WARC-Payload-Digest"), record.Payload.Span))
            {
                Add(WarcFaults.WrongPayloadDigest, record.Offset);
            }
            else if (record.Type == "revisit" && (record.Field("WARC-Profile") is null || record.Field("WARC-Refers-To-Target-URI") is null))
            {
                Add(WarcFaults.BadRevisit, record.Offset);
            }
        }

        private void Add(string code, long offset)
        {
            if (report.Faults.Count < MostFaults)
            {
                report.Faults.Add(new WarcFault(_name, offset, code));
            }
        }

        /// <summary>True where nothing is claimed, or by an algorithm that we do not know.</summary>
        private static bool Digest(string? claimed, ReadOnlySpan<byte> bytes)
        {
            var colon = claimed?.IndexOf(':', StringComparison.Ordinal) ?? -1;
            if (colon <= 0)
            {
                return true;
            }

            var hash = claimed![..colon].ToUpperInvariant() switch
            {
                "SHA256" or "SHA-256" => SHA256.HashData(bytes),
#pragma warning disable CA5350 // Other writers' archives use it as a checksum.
                "SHA1" or "SHA-1" => SHA1.HashData(bytes),
#pragma warning restore CA5350
                _ => null,
            };
            return hash is null || Is(claimed.AsSpan(colon + 1), hash);
        }

        private static bool Is(ReadOnlySpan<char> text, byte[] hash)
        {
            using var output = new PooledOutput(128);
            RecordHead.Base32(output, hash);
            var claimed = text.TrimEnd('=');
            return claimed.Equals(Encoding.ASCII.GetString(output.Written), StringComparison.OrdinalIgnoreCase)
                || claimed.Equals(Convert.ToHexString(hash), StringComparison.OrdinalIgnoreCase)
                || claimed.SequenceEqual(Convert.ToBase64String(hash).TrimEnd('='))
                || claimed.SequenceEqual(Base64Url.EncodeToString(hash));
        }
    }
}

/// <summary>What an archive holds and what is wrong with it.</summary>
internal sealed class WarcReport
{
    private readonly SortedDictionary<string, long> _types = new(StringComparer.Ordinal);

    public int Files { get; set; }

    /// <summary>Of the members that could be read.</summary>
    public long Bytes { get; set; }

    /// <summary>Records by type.</summary>
    public IReadOnlyDictionary<string, long> Types => _types;

    public long Records => _types.Values.Sum();

    public List<WarcFault> Faults { get; } = [];

    public bool IsValid => Faults.Count == 0;

    public void Count(string type) => _types[type] = _types.GetValueOrDefault(type) + 1;
}

/// <param name="Code">One of <see cref="WarcFaults"/>.</param>
internal sealed record WarcFault(string File, long Offset, string Code);
