using System.CommandLine;
using System.Net.Http.Headers;

namespace Madang.Commands;

/// <summary><c>madang notify bounce &lt; message</c>: for the pipe of a mail server, hands mail that came to the return address to the running server.</summary>
internal static class NotifyBounceCommand
{
    public static Command Create()
    {
        var bounce = new Command("bounce", "Take a bounce or complaint from standard input, as a mail server delivers it. Talks to the running server.");
        bounce.SetAction(async (parsed, cancellationToken) =>
        {
            using var message = new MemoryStream();
            await Console.OpenStandardInput().CopyToAsync(message, cancellationToken);
            using var body = new ByteArrayContent(message.ToArray());
            body.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
            using var server = new Operator(Flags.Settings(parsed));
            var taken = (await server.SendRawAsync(HttpMethod.Post, "/v1/mail/inbound", body, cancellationToken))!;
            Say.Line((string?)taken["delivery_id"] is { } delivery ? $"{(string)taken["kind"]!} of delivery {delivery}." : "It is no report on mail of ours.");
            return Cli.Done;
        });
        return bounce;
    }
}
