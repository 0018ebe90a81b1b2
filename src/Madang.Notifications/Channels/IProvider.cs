namespace Madang.Notifications.Channels;

/// <summary>
/// One configured account at a provider, ready to send: the client and the classifier of its folder. It keeps its own connections and credentials; queue,
/// pace, breaker and retries are Delivering's. One instance serves many sends at once.
/// </summary>
internal interface IProvider
{
    const string Advice = "Advice: ";

    /// <summary>The key under <c>Madang:Notifications:Providers</c>, and the name of its queue.</summary>
    string Name { get; }

    /// <summary><c>apns</c>, <c>fcm</c>, <c>webpush</c>, <c>smtp</c>, <c>twilio</c>, <c>kannel</c>, <c>webhook</c>.</summary>
    string Kind { get; }

    DeliveryChannel Channel { get; }

    /// <summary>
    /// Which addresses of its kind it reaches: the APNs topic and environment, the FCM project, the VAPID key id; empty for all. Providers of one channel, kind (of
    /// push) and scope stand in for each other.
    /// </summary>
    string Scope => "";

    /// <param name="addressKind">The kind of provider that a push address was made for; of no meaning for the other channels.</param>
    /// <param name="addressScope">As in <see cref="Envelope.AddressScope"/>.</param>
    bool Reaches(string addressKind, string addressScope) =>
        Channel != DeliveryChannel.Push || (addressKind == Kind && (Scope.Length == 0 || addressScope.Length == 0 || Scope == addressScope));

    /// <summary>
    /// Hands one message over and classes the answer (docs: the provider contracts). Never throws for what the network or the provider does: a fault after the
    /// first byte of the message was written is <see cref="AnswerClass.Ambiguous"/>, before it a retry. Renewing a credential or a connection and trying once
    /// more is done inside.
    /// </summary>
    /// <exception cref="OperationCanceledException">The server stops and nothing was written yet.</exception>
    Task<ProviderAnswer> SendAsync(Envelope envelope, CancellationToken cancellationToken);

    /// <summary>
    /// Whether an attempt without an answer was taken after all: Ok, or the class of what became of it; <see cref="AnswerClass.Retry"/> when it certainly was not;
    /// <see cref="AnswerClass.Ambiguous"/> again when the provider cannot tell or be asked.
    /// </summary>
    Task<ProviderAnswer> LookUpAsync(Envelope envelope, CancellationToken cancellationToken) => Task.FromResult(ProviderAnswer.NoLookUp);

    /// <summary>True when a second send of the same envelope shows once on the device (collapse id, tag, topic), so that an ambiguous one may be sent again.</summary>
    bool Collapses { get; }

    /// <summary>
    /// What the self-test finds wrong with keys, names and connection, one sentence each; empty when all is well. One that begins with <see cref="Advice"/> keeps
    /// nothing from being sent. Sends nothing to anybody.
    /// </summary>
    Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken);
}
