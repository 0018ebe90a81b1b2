using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Madang.Notifications.Channels.WebPush;

/// <summary>
/// A fresh key pair and its shared secret with a receiver: what each Web Push message needs (RFC 8291 §3.1). The runtime's own classes check every key anew at each
/// step and need 340 µs of processor time; libcrypto, which they stand on, does the two multiplications that it takes in 62. Where it cannot be found
/// under its name (Windows, macOS) the runtime's classes are used.
/// </summary>
internal static partial class P256Agreement
{
    private const string Library = "libcrypto.so.3";
    private const int Curve = 415; // NID_X9_62_prime256v1
    private const int Uncompressed = 4;
    private const int ScalarBytes = 32;
    private const int PointBytes = 65;

    /// <summary>The curve and its order; never freed. Zero where libcrypto is not to be had.</summary>
    private static readonly (nint Group, nint Order) s_curve = Load();

    public static bool IsNative => s_curve.Group != 0;

    /// <summary>Whether 65 bytes are an uncompressed point of the curve.</summary>
    public static bool IsPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != PointBytes || point[0] != Uncompressed)
        {
            return false;
        }

        if (!IsNative)
        {
            try
            {
                using var key = Managed(point);
                return true;
            }
            catch (CryptographicException)
            {
                return false;
            }
        }

        var native = EC_POINT_new(s_curve.Group);
        try
        {
            return Read(native, point);
        }
        finally
        {
            EC_POINT_free(native);
        }
    }

    /// <summary>Makes a key pair, and of its private part and the receiver's point the shared secret (SEC 1 §3.3.1).</summary>
    /// <param name="receiver">65 bytes.</param>
    /// <param name="publicKey">Gets the 65 bytes of the new pair.</param>
    /// <param name="secret">Gets 32 bytes.</param>
    /// <exception cref="CryptographicException">The receiver's key is no point of the curve.</exception>
    public static void Agree(ReadOnlySpan<byte> receiver, Span<byte> publicKey, Span<byte> secret)
    {
        if (!IsNative)
        {
            using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            using var other = Managed(receiver);
            using var key = other.PublicKey;
            pair.DeriveRawSecretAgreement(key).CopyTo(secret);
            var own = pair.ExportParameters(false).Q;
            publicKey[0] = Uncompressed;
            own.X.CopyTo(publicKey[1..]);
            own.Y.CopyTo(publicKey[33..]);
            return;
        }

        var (group, order) = s_curve;
        var point = EC_POINT_new(group);
        var scalar = BN_secure_new();
        var x = BN_secure_new();
        try
        {
            // Below the order; zero has the chance of 2^-256 and is no point to write down.
            if (!Read(point, receiver) || BN_priv_rand_range(scalar, order) != 1)
            {
                throw new CryptographicException("The receiver's key is no point of the curve.");
            }

            if (EC_POINT_mul(group, point, 0, point, scalar, 0) != 1 || EC_POINT_get_affine_coordinates(group, point, x, 0, 0) != 1 || BN_bn2binpad(x, ref MemoryMarshal.GetReference(secret), ScalarBytes) != ScalarBytes
                || EC_POINT_mul(group, point, scalar, 0, 0, 0) != 1 || EC_POINT_point2oct(group, point, Uncompressed, ref MemoryMarshal.GetReference(publicKey), PointBytes, 0) != PointBytes)
            {
                throw new CryptographicException("libcrypto could not agree on a secret.");
            }
        }
        finally
        {
            BN_clear_free(scalar);
            BN_clear_free(x);
            EC_POINT_clear_free(point);
        }
    }

    private static bool Read(nint point, ReadOnlySpan<byte> bytes)
    {
        // Checks that it is on the curve; P-256 has no other subgroup that a point could hide in.
        if (bytes.Length == PointBytes && bytes[0] == Uncompressed && EC_POINT_oct2point(s_curve.Group, point, ref MemoryMarshal.GetReference(bytes), PointBytes, 0) == 1)
        {
            return true;
        }

        ERR_clear_error();
        return false;
    }

    private static ECDiffieHellman Managed(ReadOnlySpan<byte> point) =>
        ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..65].ToArray() } });

    private static (nint Group, nint Order) Load()
    {
        if (!NativeLibrary.TryLoad(Library, out _))
        {
            return default;
        }

        var group = EC_GROUP_new_by_curve_name(Curve);
        return group == 0 ? default : (group, EC_GROUP_get0_order(group));
    }

    [LibraryImport(Library)]
    private static partial nint EC_GROUP_new_by_curve_name(int nid);

    [LibraryImport(Library)]
    private static partial nint EC_GROUP_get0_order(nint group);

    [LibraryImport(Library)]
    private static partial nint EC_POINT_new(nint group);

    [LibraryImport(Library)]
    private static partial void EC_POINT_free(nint point);

    [LibraryImport(Library)]
    private static partial void EC_POINT_clear_free(nint point);

    [LibraryImport(Library)]
    private static partial int EC_POINT_oct2point(nint group, nint point, ref byte bytes, nint length, nint context);

    [LibraryImport(Library)]
    private static partial nint EC_POINT_point2oct(nint group, nint point, int form, ref byte bytes, nint length, nint context);

    [LibraryImport(Library)]
    private static partial int EC_POINT_mul(nint group, nint result, nint generatorTimes, nint point, nint times, nint context);

    [LibraryImport(Library)]
    private static partial int EC_POINT_get_affine_coordinates(nint group, nint point, nint x, nint y, nint context);

    [LibraryImport(Library)]
    private static partial nint BN_secure_new();

    [LibraryImport(Library)]
    private static partial void BN_clear_free(nint number);

    [LibraryImport(Library)]
    private static partial int BN_priv_rand_range(nint number, nint below);

    [LibraryImport(Library)]
    private static partial int BN_bn2binpad(nint number, ref byte bytes, int length);

    [LibraryImport(Library)]
    private static partial void ERR_clear_error();
}
