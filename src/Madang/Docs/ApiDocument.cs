using Madang.Api;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Madang.Docs;

/// <summary>
/// The description of every endpoint. Its generator brings MVC and a dozen libraries into memory: it lives in a container of its own, which knows the same services and is made when somebody asks.
/// </summary>
internal sealed class ApiDocument(IServiceCollection services, IServiceProvider server) : IAsyncDisposable
{
    private const string Name = "v1";
    private readonly Lock _making = new();
    private ServiceProvider? _generator;

    public async Task<OpenApiDocument> ReadAsync(CancellationToken cancellationToken)
    {
        server.GetRequiredService<LateRoutes>().OpenAll();
        return await Generator().GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(cancellationToken);
    }

    /// <summary>As JSON.</summary>
    public async Task<byte[]> WriteAsync(CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        await (await ReadAsync(cancellationToken)).SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        return text.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        if (_generator is { } generator)
        {
            await generator.DisposeAsync();
        }
    }

    private ServiceProvider Generator()
    {
        lock (_making)
        {
            return _generator ??= Make();
        }
    }

    private ServiceProvider Make()
    {
        var own = new ServiceCollection();
        foreach (var service in services)
        {
            ((IServiceCollection)own).Add(service);
        }

        own.AddOpenApi(Name, OpenApiDocumentation.Configure);
        // The server's, and not others like them.
        own.AddSingleton(server.GetRequiredService<EndpointDataSource>());
        own.AddSingleton(server.GetRequiredService<IServer>());
        return own.BuildServiceProvider();
    }
}
