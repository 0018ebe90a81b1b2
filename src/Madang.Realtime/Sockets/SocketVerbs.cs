using System.Text;
using System.Text.Json;

namespace Madang.Realtime.Sockets;

/// <summary>The verbs that other modules answer on the socket.</summary>
internal sealed class SocketVerbs(IEnumerable<ISocketVerb> verbs)
{
    private readonly (byte[] Op, ISocketVerb Verb)[] _verbs = [.. verbs.Select(verb => (Encoding.ASCII.GetBytes(verb.Op), verb))];

    public ISocketVerb? Find(JsonElement op)
    {
        foreach (var (name, verb) in _verbs)
        {
            if (op.ValueEquals(name))
            {
                return verb;
            }
        }

        return null;
    }
}
