using System.Buffers.Text;
using System.Security.Cryptography;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>The key by which push services know this server (RFC 8292). Subscriptions are bound to it for life: changing it means that everybody subscribes again.</summary>
internal sealed class VapidKey : IDisposable
{
    private VapidKey(ECDsa key)
    {
        Key = key;
        var point = key.ExportParameters(false).Q;
        byte[] bytes = [4, .. point.X!, .. point.Y!];
        PublicKey = Base64Url.EncodeToString(bytes);
        Id = Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, 12));
    }

    public ECDsa Key { get; }

    /// <summary>65 bytes, base64url: what a page hands to <c>pushManager.subscribe</c> as <c>applicationServerKey</c>.</summary>
    public string PublicKey { get; }

    /// <summary>16 characters of its hash; kept with every subscription as the scope of the address.</summary>
    public string Id { get; }

    /// <summary>PEM, or the 32 bytes in base64url that other Web Push libraries write. Null when it is neither.</summary>
    public static VapidKey? Read(string text)
    {
        var key = ECDsa.Create();
        try
        {
            if (text.Contains("-----BEGIN", StringComparison.Ordinal))
            {
                key.ImportFromPem(text);
            }
            else
            {
                var secret = Base64Url.DecodeFromChars(text.Trim().TrimEnd('=').Replace('+', '-').Replace('/', '_'));
                key.ImportParameters(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });
            }

            var point = key.ExportParameters(true);
            if (key.KeySize == 256 && point.D is not null)
            {
                return new VapidKey(key);
            }
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException or FormatException)
        {
            // The caller says it, without a word of the key.
        }

        key.Dispose();
        return null;
    }

    /// <summary>The key in a file of the data folder, made at first use, for the process's user alone.</summary>
    /// <exception cref="IOException">It cannot be read or written, or holds no key.</exception>
    public static VapidKey ReadOrCreate(string file)
    {
        if (!File.Exists(file))
        {
            using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var fresh = file + ".new";
            File.Delete(fresh);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var stream = new FileStream(fresh, options))
            {
                stream.Write(System.Text.Encoding.ASCII.GetBytes(made.ExportPkcs8PrivateKeyPem() + "\n"));
                stream.Flush(flushToDisk: true);
            }

            File.Move(fresh, file);
        }

        return Read(File.ReadAllText(file)) ?? throw new IOException($"{file} holds no private P-256 key.");
    }

    public void Dispose() => Key.Dispose();
}
