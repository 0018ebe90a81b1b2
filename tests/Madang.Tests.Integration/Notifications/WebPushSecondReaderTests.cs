using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Madang.Notifications.Channels.WebPush;

namespace Madang.Tests.Integration.Notifications;

/// <summary>Another implementation of RFC 8188 and 8291 (Mozilla's http_ece, from npm) reads what we encrypt.</summary>
public sealed class WebPushSecondReaderTests
{
    private const string Script =
        """
        import { createECDH } from 'node:crypto';
        import ece from 'http_ece';
        const asked = JSON.parse(process.argv[1]);
        const privateKey = createECDH('prime256v1');
        privateKey.setPrivateKey(Buffer.from(asked.key, 'base64url'));
        const plain = ece.decrypt(Buffer.from(asked.body, 'base64url'), { version: 'aes128gcm', privateKey, authSecret: asked.auth });
        process.stdout.write(plain.toString('base64url'));
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(3_993)]
    public async Task It_reads_a_message_of_any_length(int length)
    {
        using var browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var keys = browser.ExportParameters(true);
        var auth = RandomNumberGenerator.GetBytes(16);
        var receiver = Receiver.Read([4, .. keys.Q.X!, .. keys.Q.Y!], auth)!;
        var message = RandomNumberGenerator.GetBytes(length);
        var asked = new JsonObject
        {
            ["key"] = Base64Url.EncodeToString(keys.D),
            ["auth"] = Base64Url.EncodeToString(auth),
            ["body"] = Base64Url.EncodeToString(WebPushCipher.Encrypt(message, receiver)),
        };
        Assert.Equal(Base64Url.EncodeToString(message), await NodeAsync("--input-type=module", "-e", Script, asked.ToJsonString()));
    }

    private static async Task<string> NodeAsync(params string[] arguments)
    {
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.Combine(Repository.Root, "web") })!;
        var output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(node.ExitCode == 0, error);
        return await output;
    }
}
