using System.Buffers;
using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>The states from the path to the end, and those of <c>file:</c>, which differ in their paths.</summary>
internal ref partial struct UrlParser
{
    /// <summary>Bytes of a path that are written as they are and cannot begin a dot segment's escape.</summary>
    private static readonly SearchValues<byte> PlainPath =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/[]|"u8);

    /// <summary>Path start state.</summary>
    private bool PathStart()
    {
        if (!_isSpecial && (_rest.IsEmpty || _rest[0] is (byte)'?' or (byte)'#'))
        {
            return QueryAndFragment();
        }

        if (IsSlash(0))
        {
            _rest = _rest[1..];
        }

        return Path();
    }

    /// <summary>Path state. Every segment is written with its slash before it.</summary>
    private bool Path()
    {
        if (_url.Kind != UrlScheme.File)
        {
            var plain = _rest.IndexOfAnyExcept(PlainPath);
            plain = plain < 0 ? _rest.Length : plain;
            if ((plain == _rest.Length || _rest[plain] is (byte)'?' or (byte)'#') && !StartsWith('.') && _rest[..plain].IndexOf("/."u8) < 0)
            {
                Append('/');
                Append(_rest[..plain]);
                _rest = _rest[plain..];
                FinishPath();
                return QueryAndFragment();
            }
        }

        while (Segment())
        {
        }

        FinishPath();
        return QueryAndFragment();
    }

    /// <summary>One segment; false after the last.</summary>
    private bool Segment()
    {
        var end = _isSpecial ? _rest.IndexOfAny("/\\?#"u8) : _rest.IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        end = end < 0 ? _rest.Length : end;
        var segment = _rest[..end];
        var isFollowed = IsSlash(end);
        _rest = _rest[(isFollowed ? end + 1 : end)..];
        switch (Dots(segment))
        {
            case 2:
                ShortenPath();
                if (!isFollowed)
                {
                    Append('/');
                }

                break;
            case 1:
                if (!isFollowed)
                {
                    Append('/');
                }

                break;
            default:
                var isFirst = _at == _url.PathStart;
                Append('/');
                if (isFirst && _url.Kind == UrlScheme.File && segment.Length == 2 && IsDriveLetter(segment))
                {
                    Append((char)segment[0]);
                    Append(':');
                }
                else
                {
                    Append(segment, PercentSet.Path);
                }

                break;
        }

        return isFollowed;
    }

    /// <summary>1 for a single-dot segment, 2 for a double-dot segment, written out or as escapes; else 0.</summary>
    private static int Dots(ReadOnlySpan<byte> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            if (segment[0] == '.')
            {
                segment = segment[1..];
            }
            else if (segment.Length >= 3 && segment[0] == '%' && segment[1] == '2' && segment[2] is (byte)'e' or (byte)'E')
            {
                segment = segment[3..];
            }
            else
            {
                return 0;
            }

            if (++dots > 2)
            {
                return 0;
            }
        }

        return dots;
    }

    /// <summary>Takes the last segment away, but never the drive of a file URL.</summary>
    private void ShortenPath()
    {
        var path = _to[_url.PathStart.._at];
        if (_url.Kind == UrlScheme.File && path.Length == 3 && path[2] == ':' && char.IsAsciiLetter((char)path[1]))
        {
            return;
        }

        _at = _url.PathStart + Math.Max(0, path.LastIndexOf((byte)'/'));
    }

    /// <summary>A path that begins with two slashes would read as an authority when there is no host: "/." is put before it (§4.5).</summary>
    private void FinishPath()
    {
        if (_url.HasHost || _url.HasOpaquePath || !_to[_url.PathStart.._at].StartsWith("//"u8))
        {
            return;
        }

        _to[_url.PathStart.._at].CopyTo(_to[(_url.PathStart + 2)..]);
        "/."u8.CopyTo(_to[_url.PathStart..]);
        _url.PathStart += 2;
        _at += 2;
    }

    private bool OpaquePath()
    {
        NoHost();
        _url.HasOpaquePath = true;
        var end = _rest.IndexOfAny((byte)'?', (byte)'#');
        end = end < 0 ? _rest.Length : end;
        Append(_rest[..end], PercentSet.Control);
        // A space at the end would be lost if the rest were taken away.
        if (end < _rest.Length && end > 0 && _rest[end - 1] == ' ')
        {
            _at--;
            Append("%20"u8);
        }

        _rest = _rest[end..];
        return QueryAndFragment();
    }

    /// <summary>Query and fragment states: all that is left.</summary>
    private bool QueryAndFragment()
    {
        if (StartsWith('?'))
        {
            var end = _rest.IndexOf((byte)'#');
            end = end < 0 ? _rest.Length : end;
            Query(_rest[1..end]);
            _rest = _rest[end..];
        }

        if (StartsWith('#'))
        {
            _url.FragmentStart = _at;
            Append('#');
            Append(_rest[1..], PercentSet.Fragment);
        }

        return true;
    }

    private void Query(ReadOnlySpan<byte> text)
    {
        _url.QueryStart = _at;
        Append('?');
        var set = _isSpecial ? PercentSet.SpecialQuery : PercentSet.Query;
        if (_queryEncoding is null || !_isSpecial || _url.Kind is UrlScheme.Ws or UrlScheme.Wss || Ascii.IsValid(text))
        {
            Append(text, set);
            return;
        }

        var encoded = QueryEncoding.Encode(text, _queryEncoding);
        Reserve(encoded.Length + _rest.Length);
        Append(encoded, set);
    }

    /// <summary>File state; the scheme is written.</summary>
    private bool File()
    {
        var from = _base?.Kind == UrlScheme.File ? _base : null;
        if (IsSlash(0))
        {
            if (IsSlash(1))
            {
                _rest = _rest[2..];
                return FileHost();
            }

            FileHostOfBase(from);
            _rest = _rest[1..];
            if (from is not null && !StartsWithDriveLetter(_rest) && from.Path is [(byte)'/', _, (byte)':', ..] path && char.IsAsciiLetter((char)path[1]) && (path.Length == 3 || path[3] == '/'))
            {
                Append(path[..3]);
            }

            return Path();
        }

        FileHostOfBase(from);
        if (from is null)
        {
            return Path();
        }

        return StartsWithDriveLetter(_rest) ? Path() : RelativePath();
    }

    private bool FileHost()
    {
        var end = _rest.IndexOfAny("/\\?#"u8);
        end = end < 0 ? _rest.Length : end;
        var host = _rest[..end];
        Append("//"u8);
        _url.UserEnd = _url.HostStart = _url.HostEnd = _url.PathStart = _at;
        _url.HasHost = true;
        if (host.Length == 2 && IsDriveLetter(host))
        {
            return Path();
        }

        _rest = _rest[end..];
        if (!host.IsEmpty)
        {
            if (!Host(host))
            {
                return false;
            }

            if (_to[_url.HostStart.._at].SequenceEqual("localhost"u8))
            {
                _at = _url.HostEnd = _url.PathStart = _url.HostStart;
                _url.HostKind = HostKind.None;
            }
        }

        return PathStart();
    }

    private void FileHostOfBase(Url? from)
    {
        if (from is not null)
        {
            CopyBaseHost();
            return;
        }

        Append("//"u8);
        _url.UserEnd = _url.HostStart = _url.HostEnd = _url.PathStart = _at;
        _url.HasHost = true;
    }

    private static bool IsDriveLetter(ReadOnlySpan<byte> text) => text.Length >= 2 && char.IsAsciiLetter((char)text[0]) && text[1] is (byte)':' or (byte)'|';

    /// <summary>A drive letter that is a whole segment (§4.2).</summary>
    private static bool StartsWithDriveLetter(ReadOnlySpan<byte> text) =>
        IsDriveLetter(text) && (text.Length == 2 || text[2] is (byte)'/' or (byte)'\\' or (byte)'?' or (byte)'#');
}
