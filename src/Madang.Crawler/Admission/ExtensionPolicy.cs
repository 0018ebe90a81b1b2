using System.Collections.Frozen;
using System.Text;
using Madang.Crawler.Frontier;
using Madang.Crawler.Urls;

namespace Madang.Crawler.Admission;

/// <summary>
/// Leaves out what is no document by the ending of its path: pictures, sound, films, archives, fonts, styles, scripts, programs, raw data. Pages of any server language, text, PDF, office documents, XML and
/// feeds stay. Behind a query an ending means less (<c>?file=x.zip</c>) and is not looked at.
/// </summary>
internal sealed class ExtensionPolicy(bool documentsOnly) : IUrlPolicy
{
    private const int Longest = 8;

    private static readonly FrozenSet<ulong> Unwanted = string.Join(' ',
        "jpg jpeg jpe jfif png gif webp avif svg svgz bmp ico icns tif tiff heic heif psd ai eps raw cr2 nef dng xcf indd",
        "mp3 wav ogg oga opus flac aac m4a wma aif aiff mid midi",
        "mp4 m4v webm avi mov mkv wmv flv mpg mpeg m2ts ogv 3gp swf vob m3u8",
        "zip gz tgz bz2 tbz xz txz zst 7z rar tar lz lzma z cab arj ace br jar war ear whl egg gem crate",
        "exe msi dll so dylib bin run app dmg pkg deb rpm apk aab ipa iso img vhd vmdk ova qcow2 msix appimage snap flatpak com bat class o a pyc wasm",
        "woff woff2 ttf otf eot fon",
        "css js mjs cjs map less scss ts tsx jsx",
        "db sqlite sql mdb dump bak parquet avro orc h5 npy npz pkl pt onnx safetensors shp pcap torrent sig asc sha256 md5")
        .Split(' ').Select(e => Number(Encoding.ASCII.GetBytes(e))).ToFrozenSet();

    public RefusalReason Check(Url url, int depth)
    {
        if (!documentsOnly)
        {
            return RefusalReason.None;
        }
        var path = url.Path;
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        var dot = name.LastIndexOf((byte)'.');
        return dot > 0 && name.Length - dot - 1 is > 0 and <= Longest && Unwanted.Contains(Number(name[(dot + 1)..])) ? RefusalReason.UnwantedExtension : RefusalReason.None;
    }

    // Eight bytes at most, in lower case.
    private static ulong Number(ReadOnlySpan<byte> extension)
    {
        var number = 0ul;
        foreach (var b in extension)
        {
            number = (number << 8) | (char.IsAsciiLetterUpper((char)b) ? (byte)(b | 0x20) : b);
        }
        return number;
    }
}
