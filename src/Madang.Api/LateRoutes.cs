using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Madang.Api;

/// <summary>
/// Endpoints that are made when somebody first asks for an address of theirs. What an endpoint is made of (its binding, the shapes of its body, its answers) is compiled when it is mapped: all of them
/// together were a third of the start and 8 MB of an idle server, and most servers are asked for a few of them.
/// </summary>
public sealed class LateRoutes
{
    private readonly Lock _opening = new();
    private Piece[] _closed = [];

    /// <summary>Opens what may answer this address. Whoever asks for the same meanwhile waits.</summary>
    public void Open(PathString path)
    {
        foreach (var piece in Volatile.Read(ref _closed))
        {
            if (piece.Holds(path))
            {
                Open(piece);
            }
        }
    }

    /// <summary>For who wants to know of every endpoint.</summary>
    public void OpenAll()
    {
        foreach (var piece in Volatile.Read(ref _closed))
        {
            Open(piece);
        }
    }

    internal void Add(Piece piece)
    {
        lock (_opening)
        {
            _closed = [.. _closed, piece];
        }
    }

    private void Open(Piece piece)
    {
        lock (_opening)
        {
            if (_closed.Contains(piece))
            {
                piece.Open();
                // Not sooner: until here a request has to wait.
                Volatile.Write(ref _closed, [.. _closed.Where(other => other != piece)]);
            }
        }
    }

    /// <summary>What one call maps: nothing until it is opened, and then the same endpoints for ever.</summary>
    internal sealed class Piece(IEndpointRouteBuilder outer, Action<IEndpointRouteBuilder> map, PathString[] addresses) : EndpointDataSource, IEndpointRouteBuilder, IDisposable
    {
        private readonly CancellationTokenSource _opened = new();
        private readonly List<EndpointDataSource> _mapped = [];
        private Endpoint[]? _endpoints;

        public override IReadOnlyList<Endpoint> Endpoints => _endpoints ?? [];

        public IServiceProvider ServiceProvider => outer.ServiceProvider;

        public ICollection<EndpointDataSource> DataSources => _mapped;

        /// <summary>Changes once: who is told asks again at once, and must not be told again.</summary>
        public override IChangeToken GetChangeToken() => _endpoints is null ? new CancellationChangeToken(_opened.Token) : new CancellationChangeToken(CancellationToken.None);

        public void Dispose() => _opened.Dispose();

        public IApplicationBuilder CreateApplicationBuilder() => outer.CreateApplicationBuilder();

        /// <summary>Asked by every request while there is something to open: nothing is allocated here.</summary>
        public bool Holds(PathString path)
        {
            foreach (var address in addresses)
            {
                if (path.StartsWithSegments(address, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }

            return false;
        }

        public void Open()
        {
            _mapped.Clear();
            map(this);
            Endpoint[] endpoints = [.. _mapped.SelectMany(source => source.Endpoints)];
            foreach (var pattern in endpoints.OfType<RouteEndpoint>().Select(endpoint => new PathString("/" + endpoint.RoutePattern.RawText!.TrimStart('/'))))
            {
                if (!Holds(pattern))
                {
                    throw new InvalidOperationException($"{pattern} is mapped late, and none of {string.Join(", ", addresses)} leads to it.");
                }
            }

            _endpoints = endpoints;
            // Routing has taken them up when this returns.
            _opened.Cancel();
        }
    }
}

/// <summary>How endpoints are mapped late, and who opens them.</summary>
public static class LateRouting
{
    /// <summary>Has <paramref name="map"/> called with the first request to one of <paramref name="addresses"/> or below; at once in a host that has no <see cref="LateRoutes"/>.</summary>
    /// <param name="addresses">Beginnings in whole segments and without parameters, such as <c>/v1/me</c>: each endpoint lies below one of them.</param>
    public static void Late(this IEndpointRouteBuilder routes, Action<IEndpointRouteBuilder> map, params string[] addresses)
    {
        if (routes.ServiceProvider.GetService<LateRoutes>() is not { } late)
        {
            map(routes);
            return;
        }

        var piece = new LateRoutes.Piece(routes, map, [.. addresses.Select(address => new PathString(address))]);
        late.Add(piece);
        routes.DataSources.Add(piece);
    }

    /// <summary>Before routing.</summary>
    public static void UseLateRoutes(this IApplicationBuilder app)
    {
        var late = app.ApplicationServices.GetRequiredService<LateRoutes>();
        app.Use(next => context =>
        {
            late.Open(context.Request.Path);
            return next(context);
        });
    }
}
