using Madang.Api;

namespace Madang.Accounts;

/// <summary>Gathers the faulty fields of one request, so that a person hears of all of them at once.</summary>
internal sealed class FieldFaults
{
    private readonly List<FieldError> _fields = [];

    /// <summary>The refusal with every fault so far; null when there was none.</summary>
    public Error? Error => _fields.Count == 0 ? null : ApiErrors.InvalidFields with { Fields = [.. _fields] };

    /// <summary>The value, or its default after noting the fault.</summary>
    public T? Take<T>(Result<T> result)
    {
        if (result.IsOk)
        {
            return result.Value;
        }

        _fields.AddRange(result.Error.Fields);
        return default;
    }

    public void Add(string field, string code, string detail) => _fields.Add(new(field, code, detail));
}
