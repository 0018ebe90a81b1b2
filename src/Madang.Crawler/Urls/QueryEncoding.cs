using System.Globalization;
using System.Text;

namespace Madang.Crawler.Urls;

/// <summary>
/// Queries in the encoding of their page (url.spec.whatwg.org §1.3, percent-encode after encoding): a page in EUC-KR links to <c>?q=%C7%D1</c> where one in UTF-8 links to
/// <c>?q=%ED%95%9C</c>, and its server understands no other.
/// </summary>
internal static class QueryEncoding
{
    private static readonly ReferenceFallback Fallback = new();

    /// <summary>The bytes of <paramref name="text"/> (UTF-8) in <paramref name="encoding"/>; what it cannot say becomes <c>&amp;#N;</c>, escaped.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> text, Encoding encoding)
    {
        var own = (Encoding)encoding.Clone();
        own.EncoderFallback = Fallback;
        return own.GetBytes(Encoding.UTF8.GetString(text));
    }

    private sealed class ReferenceFallback : EncoderFallback
    {
        /// <summary>"%26%231114111%3B".</summary>
        public override int MaxCharCount => 16;

        public override EncoderFallbackBuffer CreateFallbackBuffer() => new ReferenceBuffer();
    }

    private sealed class ReferenceBuffer : EncoderFallbackBuffer
    {
        private string _text = "";
        private int _next;

        public override int Remaining => _text.Length - _next;

        public override bool Fallback(char charUnknown, int index) => Start(charUnknown);

        public override bool Fallback(char charUnknownHigh, char charUnknownLow, int index) => Start(char.ConvertToUtf32(charUnknownHigh, charUnknownLow));

        public override char GetNextChar() => _next < _text.Length ? _text[_next++] : '\0';

        public override bool MovePrevious() => _next > 0 && _next-- > 0;

        public override void Reset() => (_text, _next) = ("", 0);

        private bool Start(int scalar)
        {
            (_text, _next) = (string.Create(CultureInfo.InvariantCulture, $"%26%23{scalar}%3B"), 0);
            return true;
        }
    }
}
