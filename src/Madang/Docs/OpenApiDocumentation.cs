using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Madang.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Madang.Docs;

/// <summary>What the generator cannot see: ids are strings, refusals are problem+json, callers sign in with a bearer token or a cookie.</summary>
internal static class OpenApiDocumentation
{
    private const string Bearer = "bearer";
    private const string Cookie = "session_cookie";
    private const string IdPattern = "^[1-9][0-9]{0,18}$";
    private static readonly string[] Tags = ["Setup", "People", "Relations", "Chat", "Realtime", "Administration", "Operation"];
    private const string RefusalResponse = "Refusal";

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddSchemaTransformer(DescribeAsync);
        options.AddOperationTransformer(DescribeAsync);
        options.AddDocumentTransformer(DescribeAsync);
    }

    private static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IId<>)))
        {
            schema.Type = JsonSchemaType.String;
            schema.Pattern = IdPattern;
            schema.Properties?.Clear();
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "date-time";
        }
        else if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            AbsentIsAbsent(schema, context.JsonTypeInfo);
        }

        return Task.CompletedTask;
    }

    /// <summary>What may be null in C# is left out on the wire, and may be left out of a request unless it is marked as required; only a page's cursors are null.</summary>
    private static void AbsentIsAbsent(OpenApiSchema schema, JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            var isAlwaysThere = property.AttributeProvider?.IsDefined(typeof(JsonIgnoreAttribute), inherit: false) == true;
            if (isAlwaysThere || schema.Properties?.TryGetValue(property.Name, out var described) != true || !(property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null))
            {
                continue;
            }

            if (property.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: false) == true)
            {
                // Absent it is refused by a code of ours, which names the field.
                (schema.Required ??= new HashSet<string>()).Add(property.Name);
            }
            else
            {
                schema.Required?.Remove(property.Name);
            }

            if (described is OpenApiSchema { OneOf: { Count: 2 } either })
            {
                schema.Properties[property.Name] = either.First(one => one.Type != JsonSchemaType.Null);
            }
            else if (described is OpenApiSchema { Type: { } kinds } plain)
            {
                plain.Type = kinds & ~JsonSchemaType.Null;
            }
        }
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        // A caller is who sends the request, not a parameter of it.
        var binds = context.Description.ParameterDescriptions.Where(parameter => parameter.Type == typeof(Caller)).Select(parameter => parameter.Name).ToHashSet();
        if (operation.Parameters is { } parameters)
        {
            operation.Parameters = [.. parameters.Where(parameter => !binds.Contains(parameter.Name ?? ""))];
            foreach (var id in operation.Parameters.Where(parameter => parameter.In == ParameterLocation.Path && (parameter.Name == "id" || parameter.Name!.EndsWith("_id", StringComparison.Ordinal))))
            {
                // Bound as text, so that a wrong one is 404 and not a fault of the request.
                if (id.Schema is OpenApiSchema text)
                {
                    text.Pattern = IdPattern;
                }
            }
        }

        operation.Tags = operation.Tags?.Select(tag => new OpenApiTagReference(Tag(tag.Name ?? ""), context.Document)).ToHashSet();
        if (context.Document!.Components?.Responses?.ContainsKey(RefusalResponse) != true)
        {
            context.Document.AddComponent(RefusalResponse, new OpenApiResponse
            {
                Description = "A refusal; `code` is one of /docs/errors.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [Refusal.ContentType] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(ProblemJson), cancellationToken: cancellationToken) },
                },
            });
        }

        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponseReference(RefusalResponse, context.Document);

        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [Requirement(Bearer, context.Document), Requirement(Cookie, context.Document)];
            // Read by the authorisation matrix as well as by people.
            var policy = metadata.OfType<IAuthorizeData>().LastOrDefault(data => data.Policy is not null)?.Policy ?? Policies.Person;
            (operation.Extensions ??= new Dictionary<string, IOpenApiExtension>())["x-policy"] = new JsonNodeExtension(JsonValue.Create(policy));
        }
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Madang",
            Version = "1",
            Description = "JSON, snake_case; ids are decimal strings; times are RFC 3339 UTC; every refusal is problem+json with a stable `code`. "
                + "The socket at /v1/socket is described in docs/realtime.",
        };
        // The address differs from one installation to the next; the document must not.
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = Tags.Select(name => new OpenApiTag { Name = name }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A session token, a minted user token or an API key." },
            [Cookie] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "madang_session", Description = "The web app's session; unsafe methods need an allowed Origin." },
        };
        return Task.CompletedTask;
    }

    private static string Tag(string name) => Tags.FirstOrDefault(tag => tag.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiDocument document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
}
