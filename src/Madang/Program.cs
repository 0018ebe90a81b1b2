using System.CommandLine;
using Madang.Commands;

// madang VERB: what each verb does is in its own file under Commands/.
var root = new RootCommand("Madang: chat, news feed, notifications and crawler in one server.");
ServeCommand.AddTo(root);
CrawlCommand.AddTo(root);
NotifyCommand.AddTo(root);
UserCommand.AddTo(root);
TokenCommand.AddTo(root);
ConfigCommand.AddTo(root);
DoctorCommand.AddTo(root);
return await Cli.RunAsync(root, args);
