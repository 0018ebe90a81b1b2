using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Madang.Crawler.Archive;

/// <summary>
/// Reads one gzip member of a file and finds where it ends. The runtime's inflater does not tell how much input it used; the checksum and length that must follow the compressed
/// bytes do: they are looked for in the last piece that it took.
/// </summary>
internal sealed class GzipMember : Stream
{
    private const int PieceBytes = 4096;
    private const int TrailerBytes = 8;
    private const int MaxHeadBytes = 64 * 1024;

    private readonly SafeFileHandle _file;
    private readonly long _offset;
    private readonly DeflateStream _inflate;
    private readonly Pieces _pieces;
    private uint _crc;
    private long _read;

    public GzipMember(SafeFileHandle file, long offset)
    {
        (_file, _offset) = (file, offset);
        _pieces = new Pieces(file, offset + Head());
        _inflate = new DeflateStream(_pieces, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _read; set => throw new NotSupportedException(); }

    /// <exception cref="WarcException">The compressed bytes are damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            var count = _inflate.Read(buffer);
            _crc = Crc32.Add(_crc, buffer[..count]);
            _read += count;
            return count;
        }
        catch (InvalidDataException fault)
        {
            throw new WarcException(_pieces.IsAtEnd ? WarcFaults.CutShort : WarcFaults.BadGzip, _offset, fault);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Where the next member begins. Called when everything is read.</summary>
    public long End()
    {
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)_read);
        Span<byte> window = stackalloc byte[PieceBytes + TrailerBytes + 2];
        window = window[..Fill(window, _pieces.LastAt)];
        var end = 0;
        for (var from = 0; from < window.Length;)
        {
            var found = window[from..].IndexOf(trailer);
            if (found < 0)
            {
                break;
            }

            end = from += found + TrailerBytes;
            if (window[from..] is [] or [0x1F, 0x8B, ..])
            {
                break;
            }
        }

        return end > 0 ? _pieces.LastAt + end : throw new WarcException(_pieces.IsAtEnd ? WarcFaults.CutShort : WarcFaults.BadGzip, _offset);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _inflate.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The length of the member's own header (RFC 1952 §2.3).</summary>
    private int Head()
    {
        Span<byte> head = stackalloc byte[12];
        var count = Fill(head, _offset);
        if (count < 10 || head[0] != 0x1F || head[1] != 0x8B || head[2] != 8)
        {
            throw new WarcException(count < 10 ? WarcFaults.CutShort : WarcFaults.NotGzip, _offset);
        }

        var flags = head[3];
        var length = 10;
        if ((flags & 4) != 0)
        {
            length += 2 + (count < 12 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(head[10..]));
        }

        for (var texts = ((flags >> 3) & 1) + ((flags >> 4) & 1); texts > 0; texts--)
        {
            length += Text(_offset + length);
        }

        return length + (flags & 2);
    }

    private int Text(long at)
    {
        Span<byte> letter = stackalloc byte[1];
        for (var length = 1; length <= MaxHeadBytes; length++)
        {
            if (Fill(letter, at + length - 1) == 0)
            {
                break;
            }

            if (letter[0] == 0)
            {
                return length;
            }
        }

        throw new WarcException(WarcFaults.BadGzip, _offset);
    }

    private int Fill(Span<byte> buffer, long at)
    {
        var filled = 0;
        for (int count; filled < buffer.Length && (count = RandomAccess.Read(_file, buffer[filled..], at + filled)) > 0;)
        {
            filled += count;
        }

        return filled;
    }

    /// <summary>Hands the file on in small pieces and remembers the last.</summary>
    private sealed class Pieces(SafeFileHandle file, long at) : Stream
    {
        private readonly byte[] _ahead = new byte[PieceBytes * 8];
        private int _aheadAt;
        private int _aheadEnd;
        private long _next = at;

        public long LastAt { get; private set; } = at;

        public bool IsAtEnd { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _next; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_aheadAt == _aheadEnd)
            {
                _aheadAt = 0;
                _aheadEnd = RandomAccess.Read(file, _ahead, _next);
                IsAtEnd = _aheadEnd == 0;
            }

            var count = Math.Min(Math.Min(buffer.Length, PieceBytes), _aheadEnd - _aheadAt);
            _ahead.AsSpan(_aheadAt, count).CopyTo(buffer);
            if (count > 0)
            {
                LastAt = _next;
            }

            _aheadAt += count;
            _next += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
