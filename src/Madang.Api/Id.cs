using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Madang.Api;

/// <summary>
/// A typed 64-bit id. On the wire it is a decimal string, since JavaScript's numbers end at 2^53.
/// A module declares its own as a two-line record struct: <c>[JsonConverter(typeof(IdJson&lt;RoomId&gt;))] readonly record struct RoomId(long Value) : IId&lt;RoomId&gt;</c>.
/// </summary>
public interface IId<TSelf> : IParsable<TSelf> where TSelf : struct, IId<TSelf>
{
    long Value { get; }

    static abstract TSelf From(long value);
}

/// <summary>Reads and writes the wire form of ids: positive, decimal, no sign, no leading zero, at most 19 digits.</summary>
public static class Id
{
    public static bool TryParse<T>(ReadOnlySpan<char> text, out T id) where T : struct, IId<T>
    {
        id = default;
        if (text.IsEmpty || text[0] == '0' || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        id = T.From(value);
        return true;
    }

    public static T Parse<T>(string text) where T : struct, IId<T> =>
        TryParse<T>(text, out var id) ? id : throw new FormatException("An id is a positive decimal number of at most 19 digits.");

    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The JSON form of an <see cref="IId{TSelf}"/>, also as a property name.</summary>
public sealed class IdJson<T> : JsonConverter<T> where T : struct, IId<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Id.TryParse<T>(reader.GetString(), out var id)
            ? id
            : throw new JsonException("An id is a decimal string.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        Span<char> digits = stackalloc char[20];
        value.Value.TryFormat(digits, out var written, provider: CultureInfo.InvariantCulture);
        writer.WriteStringValue(digits[..written]);
    }
}
