using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Madang.Client.Realtime;
using Madang.Client.Resources;

namespace Madang.Client;

/// <summary>The wire's JSON: snake_case, absent is absent. Generated, so that a trimmed program can use the client.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProblemJson))]
[JsonSerializable(typeof(Setup))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(Page<User>))]
[JsonSerializable(typeof(Page<Device>))]
[JsonSerializable(typeof(Relation))]
[JsonSerializable(typeof(Page<Relation>))]
[JsonSerializable(typeof(Room))]
[JsonSerializable(typeof(Page<Room>))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(Page<Message>))]
[JsonSerializable(typeof(ReadMark))]
[JsonSerializable(typeof(Invite))]
[JsonSerializable(typeof(Page<Invite>))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(Page<ApiKey>))]
[JsonSerializable(typeof(Queue))]
[JsonSerializable(typeof(Page<Queue>))]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(Page<Job>))]
[JsonSerializable(typeof(Replayed))]
[JsonSerializable(typeof(NewCrawl))]
[JsonSerializable(typeof(Crawl))]
[JsonSerializable(typeof(Page<Crawl>))]
[JsonSerializable(typeof(CrawlProgress))]
[JsonSerializable(typeof(Page<CrawledPage>))]
[JsonSerializable(typeof(Page<CrawlHost>))]
[JsonSerializable(typeof(UrlExplanation))]
[JsonSerializable(typeof(Page<FoundPage>))]
[JsonSerializable(typeof(NewWebhook))]
[JsonSerializable(typeof(WebhookChange))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(Page<Webhook>))]
[JsonSerializable(typeof(WebhookDelivery))]
[JsonSerializable(typeof(Page<WebhookDelivery>))]
[JsonSerializable(typeof(SecretRotation))]
[JsonSerializable(typeof(ResendSince))]
[JsonSerializable(typeof(Resent))]
[JsonSerializable(typeof(FirstAdmin))]
[JsonSerializable(typeof(NewUser))]
[JsonSerializable(typeof(SignIn))]
[JsonSerializable(typeof(ProfileChange))]
[JsonSerializable(typeof(PasswordChange))]
[JsonSerializable(typeof(PasswordSet))]
[JsonSerializable(typeof(MintToken))]
[JsonSerializable(typeof(NewRoom))]
[JsonSerializable(typeof(RoomChange))]
[JsonSerializable(typeof(MemberChange))]
[JsonSerializable(typeof(NewMessage))]
[JsonSerializable(typeof(ReadUpTo))]
[JsonSerializable(typeof(NewInvite))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(UserChange))]
[JsonSerializable(typeof(SyncAnswer))]
[JsonSerializable(typeof(Entry))]
[JsonSerializable(typeof(Signal))]
[JsonSerializable(typeof(AckBody))]
[JsonSerializable(typeof(Typing))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(RoomTitle))]
[JsonSerializable(typeof(RoomMember))]
[JsonSerializable(typeof(RelationState))]
[JsonSerializable(typeof(InboxChange))]
[JsonSerializable(typeof(HelloFrame))]
[JsonSerializable(typeof(SendFrame))]
[JsonSerializable(typeof(ReadFrame))]
[JsonSerializable(typeof(TypingFrame))]
[JsonSerializable(typeof(ActiveFrame))]
[JsonSerializable(typeof(AckFrame))]
[JsonSerializable(typeof(BareFrame))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    static ClientJson()
    {
        // Hangul as itself, three bytes a syllable instead of six.
        Default = new ClientJson(new JsonSerializerOptions(s_defaultOptions) { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) });
    }
}
