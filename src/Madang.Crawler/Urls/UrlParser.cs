using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Madang.Crawler.Urls;

/// <summary>
/// The basic URL parser (url.spec.whatwg.org §4.4) as straight code: the serialised form is written from left to right while the input is read, so the states follow one
/// another as calls. Names of methods are the names of the states. Each method takes its part from <see cref="_rest"/> and hands on.
/// </summary>
internal ref partial struct UrlParser
{
    /// <summary>Tab, line feed and carriage return are dropped; bytes beyond ASCII are checked. Everything else goes the straight way.</summary>
    private static readonly SearchValues<byte> Unclean = SearchValues.Create([9, 10, 13, .. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)]);

    private static readonly SearchValues<byte> Dropped = SearchValues.Create([9, 10, 13]);

    private readonly Url _url;
    private readonly Url? _base;
    private readonly Encoding? _queryEncoding;
    private ReadOnlySpan<byte> _rest;
    private Span<byte> _to;
    private int _at;
    private bool _isSpecial;

    private UrlParser(ReadOnlySpan<byte> input, Url? baseUrl, Url url, Encoding? queryEncoding)
    {
        _rest = input;
        _base = baseUrl;
        _url = url;
        _queryEncoding = queryEncoding;
        Reserve(input.Length);
    }

    public static bool Parse(ReadOnlySpan<byte> input, Url? baseUrl, Url result, Encoding? queryEncoding)
    {
        result.Clear();
        if (input.Length > Url.MaxLength)
        {
            return false;
        }

        input = Trim(input);
        return input.ContainsAny(Unclean) ? ParseUnclean(input, baseUrl, result, queryEncoding) : ParseClean(input, baseUrl, result, queryEncoding);
    }

    private static bool ParseClean(ReadOnlySpan<byte> input, Url? baseUrl, Url result, Encoding? queryEncoding)
    {
        var parser = new UrlParser(input, baseUrl, result, queryEncoding);
        if (parser.SchemeStart())
        {
            result.Length = parser._at;
            return true;
        }

        result.Clear();
        return false;
    }

    /// <summary>Drops tabs and line ends, and replaces what is not UTF-8; three bytes for one at most.</summary>
    private static bool ParseUnclean(ReadOnlySpan<byte> input, Url? baseUrl, Url result, Encoding? queryEncoding)
    {
        var clean = ArrayPool<byte>.Shared.Rent((input.Length * 3) + 1);
        try
        {
            var length = 0;
            while (!input.IsEmpty)
            {
                var run = input.IndexOfAny(Dropped);
                run = run < 0 ? input.Length : run;
                input[..run].CopyTo(clean.AsSpan(length));
                length += run;
                input = input[Math.Min(input.Length, run + 1)..];
            }

            if (!Utf8.IsValid(clean.AsSpan(0, length)))
            {
                length = Repair(clean, length);
            }

            return ParseClean(clean.AsSpan(0, length), baseUrl, result, queryEncoding);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(clean);
        }
    }

    private static int Repair(byte[] clean, int length)
    {
        var repaired = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(clean.AsSpan(0, length)));
        repaired.CopyTo(clean, 0);
        return repaired.Length;
    }

    /// <summary>Without the C0 controls and spaces at both ends.</summary>
    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> input)
    {
        var start = 0;
        var end = input.Length;
        while (start < end && input[start] <= 0x20)
        {
            start++;
        }

        while (end > start && input[end - 1] <= 0x20)
        {
            end--;
        }

        return input[start..end];
    }

    private bool SchemeStart()
    {
        var colon = SchemeLength();
        if (colon < 0)
        {
            return NoScheme();
        }

        Ascii.ToLower(_rest[..colon], _to, out _);
        var scheme = UrlSchemes.Of(_to[..colon]);
        _to[colon] = (byte)':';
        _at = colon + 1;
        _url.SchemeEnd = colon;
        _rest = _rest[(colon + 1)..];
        SetKind(scheme);
        if (scheme == UrlScheme.File)
        {
            return File();
        }

        if (_isSpecial)
        {
            return _base?.Kind == scheme && !_rest.StartsWith("//"u8) ? Relative() : SpecialAuthority();
        }

        return StartsWith('/') ? PathOrAuthority() : OpaquePath();
    }

    /// <summary>How many bytes stand before the colon that ends a scheme, or -1.</summary>
    private readonly int SchemeLength()
    {
        if (_rest.IsEmpty || !char.IsAsciiLetter((char)_rest[0]))
        {
            return -1;
        }

        for (var at = 1; at < _rest.Length; at++)
        {
            var value = (char)_rest[at];
            if (!char.IsAsciiLetterOrDigit(value) && value is not ('+' or '-' or '.'))
            {
                return value == ':' ? at : -1;
            }
        }

        return -1;
    }

    private bool NoScheme()
    {
        if (_base is null || (_base.HasOpaquePath && !StartsWith('#')))
        {
            return false;
        }

        CopyBase(_base.SchemeEnd + 1);
        _url.SchemeEnd = _base.SchemeEnd;
        SetKind(_base.Kind);
        if (_base.HasOpaquePath)
        {
            CopyBaseHost();
            return RelativePath();
        }

        return _base.Kind == UrlScheme.File ? File() : Relative();
    }

    /// <summary>Relative and relative slash states; the scheme is the base's.</summary>
    private bool Relative()
    {
        if (IsSlash(0))
        {
            if (IsSlash(1))
            {
                return _isSpecial ? SpecialAuthority() : PathOrAuthority();
            }

            CopyBaseHost();
            _rest = _rest[1..];
            return Path();
        }

        CopyBaseHost();
        return RelativePath();
    }

    /// <summary>The last segment of the base's path gives way to what is left; a query alone or a fragment alone leaves the path.</summary>
    private bool RelativePath()
    {
        CopyBasePath();
        if (!_rest.IsEmpty && _rest[0] is not ((byte)'?' or (byte)'#'))
        {
            ShortenPath();
            return Path();
        }

        FinishPath();
        if (!StartsWith('?'))
        {
            CopyBaseQuery();
        }

        return QueryAndFragment();
    }

    /// <summary>Any number of slashes, also none, stands before the authority of a special scheme.</summary>
    private bool SpecialAuthority()
    {
        var slashes = _rest.IndexOfAnyExcept((byte)'/', (byte)'\\');
        _rest = _rest[(slashes < 0 ? _rest.Length : slashes)..];
        return Authority();
    }

    private bool PathOrAuthority()
    {
        _rest = _rest[1..];
        if (StartsWith('/'))
        {
            _rest = _rest[1..];
            return Authority();
        }

        NoHost();
        return Path();
    }

    private void SetKind(UrlScheme scheme)
    {
        _url.Kind = scheme;
        _isSpecial = scheme.IsSpecial();
    }

    private void NoHost()
    {
        _url.HostStart = _url.HostEnd = _url.UserEnd = _url.PathStart = _at;
    }

    /// <summary>Room for the base, for what is written so far and for so many bytes more, each as an escape.</summary>
    private void Reserve(int more)
    {
        _url.EnsureCapacity(_at + (_base?.Length ?? 0) + (3 * more) + 64, keep: _at);
        _to = _url.Buffer;
    }

    private void CopyBase(int end)
    {
        _base!.Buffer.AsSpan(_at..end).CopyTo(_to[_at..]);
        _at = end;
    }

    /// <summary>Credentials, host and port of the base. What the path may begin with because there is no host ("/.") is not copied.</summary>
    private void CopyBaseHost()
    {
        var from = _base!;
        (_url.UserEnd, _url.HostStart, _url.HostEnd, _url.WrittenPort) = (from.UserEnd, from.HostStart, from.HostEnd, from.WrittenPort);
        (_url.HasHost, _url.HostKind) = (from.HasHost, from.HostKind);
        CopyBase(from.HasHost ? from.PathStart : from.SchemeEnd + 1);
        _url.PathStart = _at;
        if (!from.HasHost)
        {
            NoHost();
        }
    }

    private void CopyBasePath()
    {
        _url.HasOpaquePath = _base!.HasOpaquePath;
        Append(_base.Path);
    }

    private void CopyBaseQuery()
    {
        if (_base!.HasQuery)
        {
            _url.QueryStart = _at;
            Append(_base.Buffer.AsSpan(_base.QueryStart.._base.QueryEnd));
        }
    }

    private readonly bool StartsWith(char value) => !_rest.IsEmpty && _rest[0] == value;

    private readonly bool IsSlash(int at) => at < _rest.Length && (_rest[at] == '/' || (_isSpecial && _rest[at] == '\\'));

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_to[_at..]);
        _at += bytes.Length;
    }

    private void Append(char value) => _to[_at++] = (byte)value;

    private void Append(ReadOnlySpan<byte> bytes, PercentSet set) => _at += set.Encode(bytes, _to[_at..]);
}
