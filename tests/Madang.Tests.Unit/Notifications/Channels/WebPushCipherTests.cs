using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Madang.Notifications.Channels.WebPush;

namespace Madang.Tests.Unit.Notifications.Channels;

public sealed class WebPushCipherTests
{
    [Fact]
    public void The_example_of_RFC_8291_comes_out_byte_for_byte()
    {
        var receiver = Receiver.Read(
            Bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"), Bytes("BTBZMqHH6r4Tts7J_aSIgg"))!;
        using var sender = Pair("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");

        var body = WebPushCipher.Encrypt("When I grow up, I want to be a watermelon"u8, receiver, PublicKey(sender), Secret(sender, receiver), Bytes("DGv6ra1nlYgDCS1FRnbzlw"));

        Assert.Equal(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
            Base64Url.EncodeToString(body));
        Assert.Equal(144, body.Length);
    }

    [Fact]
    public void The_longest_plaintext_makes_a_body_of_4096_bytes_and_a_longer_one_is_refused()
    {
        var receiver = NewReceiver();
        Assert.Equal(4_096, WebPushCipher.Encrypt(new byte[3_993], receiver).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => WebPushCipher.Encrypt(new byte[3_994], receiver));
    }

    [Fact]
    public void Salt_and_key_are_new_for_each_message()
    {
        var receiver = NewReceiver();
        var first = WebPushCipher.Encrypt("same"u8, receiver);
        var second = WebPushCipher.Encrypt("same"u8, receiver);
        Assert.NotEqual(first[..16], second[..16]);
        Assert.NotEqual(first[21..86], second[21..86]);
    }

    [Fact]
    public void A_receiver_key_that_is_not_on_the_curve_is_refused()
    {
        var point = Bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        Assert.NotNull(Receiver.Read(point, new byte[16]));
        point[40] ^= 1;
        Assert.Null(Receiver.Read(point, new byte[16]));
        Assert.Null(Receiver.Read([4, .. new byte[64]], new byte[16])); // the point at infinity's stand-in
        Assert.Null(Receiver.Read(point[..33], new byte[16]));
        Assert.Null(Receiver.Read([2, .. point[1..]], new byte[16]));
        Assert.Null(Receiver.Read(Bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"), new byte[15]));
    }

    [Fact]
    public void Encrypting_is_fast_enough_for_a_broadcast()
    {
        var receiver = NewReceiver();
        var plaintext = Encoding.UTF8.GetBytes(new string('x', 300));
        _ = WebPushCipher.Encrypt(plaintext, receiver);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 500; i++)
        {
            _ = WebPushCipher.Encrypt(plaintext, receiver);
        }

        var perSecond = 500 / clock.Elapsed.TotalSeconds;
        TestContext.Current.TestOutputHelper?.WriteLine($"{perSecond:0}/s");
        Assert.True(perSecond > 1_000, $"{perSecond:0}/s");
    }

    [Fact]
    public void A_new_pair_agrees_with_the_receiver_on_the_secret_that_the_runtime_finds()
    {
        Assert.True(P256Agreement.IsNative || !OperatingSystem.IsLinux());
        for (var i = 0; i < 50; i++)
        {
            using var receiver = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            var sender = new byte[65];
            var secret = new byte[32];
            P256Agreement.Agree(PublicKey(receiver), sender, secret);
            Assert.Equal(Secret(receiver, Receiver.Read(sender, new byte[16])!), secret);
        }
    }

    private static Receiver NewReceiver()
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Receiver.Read(PublicKey(pair), RandomNumberGenerator.GetBytes(16))!;
    }

    private static ECDiffieHellman Pair(string secret, string point)
    {
        var bytes = Bytes(point);
        return ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Bytes(secret), Q = new ECPoint { X = bytes[1..33], Y = bytes[33..65] } });
    }

    private static byte[] PublicKey(ECDiffieHellman pair)
    {
        var point = pair.ExportParameters(false).Q;
        return [4, .. point.X!, .. point.Y!];
    }

    private static byte[] Secret(ECDiffieHellman pair, Receiver other)
    {
        var point = other.PublicKey;
        using var key = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33].ToArray(), Y = point[33..65].ToArray() } });
        using var theirs = key.PublicKey;
        return pair.DeriveRawSecretAgreement(theirs);
    }

    private static byte[] Bytes(string text) => Base64Url.DecodeFromChars(text);
}
