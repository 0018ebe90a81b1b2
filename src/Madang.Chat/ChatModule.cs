using Madang.Accounts;
using Madang.Api;
using Madang.Chat.Endpoints;
using Madang.Jobs;
using Madang.Realtime;
using Madang.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Madang.Chat;

/// <summary>Rooms, members and messages.</summary>
public static class ChatModule
{
    public static IHostApplicationBuilder AddChat(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<ChatOptions>().BindConfiguration(ChatOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ChatOptions>, ChatOptionsValidator>();
        services.AddSingleton<ChatMeter>();

        // By hand where a verb takes an internal port: the container sees public constructors only.
        services.AddSingleton(s => new Rooms(
            s.GetRequiredService<IRoomStore>(), s.GetRequiredService<IMemberStore>(), s.GetRequiredService<Database>(), s.GetRequiredService<Users>(),
            s.GetRequiredService<Inbox>(), s.GetRequiredService<Snowflake>(), s.GetRequiredService<IOptions<ChatOptions>>()));
        services.AddSingleton(s => new RoomAudit(s.GetRequiredService<IRoomStore>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new Members(
            s.GetRequiredService<IRoomStore>(), s.GetRequiredService<IMemberStore>(), s.GetRequiredService<Database>(), s.GetRequiredService<Users>(),
            s.GetRequiredService<Inbox>(), s.GetRequiredService<IOptions<ChatOptions>>()));
        services.AddSingleton(s => new Messages(
            s.GetRequiredService<IMessageStore>(), s.GetRequiredService<IOptions<ChatOptions>>(), s.GetRequiredService<ChatMeter>()));
        services.AddSingleton(s => new ReadMarks(
            s.GetRequiredService<IMemberStore>(), s.GetRequiredService<Database>(), s.GetRequiredService<Inbox>(), s.GetRequiredService<ISignals>(),
            s.GetService<IUnackedDoor>()));
        services.AddSingleton(s => new Typing(
            s.GetRequiredService<IMemberStore>(), s.GetRequiredService<ISignals>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<IOptions<ChatOptions>>()));

        services.AddSingleton<IEntrySource, ChatEntries>();
        services.AddSingleton<IUnackedEntries, UnackedMessages>();
        services.AddSingleton<IRetention, ClientKeyRetention>();
        services.AddSingleton<ISocketVerb, SendVerb>();
        services.AddSingleton<ISocketVerb, ReadVerb>();
        services.AddSingleton<ISocketVerb, TypingVerb>();
        return builder;
    }

    public static IEndpointRouteBuilder MapChat(this IEndpointRouteBuilder routes)
    {
        routes.Late(
            late =>
            {
                var rooms = late.MapGroup("/v1/rooms").RequireAuthorization(Policies.Person).WithTags("chat");
                RoomEndpoints.Map(rooms);
                MemberEndpoints.Map(rooms);
                MessageEndpoints.Map(rooms);
                ReadEndpoints.Map(rooms);
            },
            "/v1/rooms");
        return routes;
    }
}
