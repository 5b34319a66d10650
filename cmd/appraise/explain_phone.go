package main

import (
	"fmt"
	"io"

	"appraise/android/capture"
	"appraise/inventory"
	"appraise/policies"
)

// phoneWords are the words of a report on a phone, with what they don't prove.
var phoneWords = []struct{ word, group, meaning, provesNot string }{
	{"now", "who can", "it is switched on, or the phone used it for this just now", "what it is used for"},
	{"allowed", "who can", "you or the phone's maker said yes; it needs to ask no more", "that it is used"},
	{"may ask", "who can", "it names this in its manifest and has not been allowed it, or was refused", "that it will ask"},
	{"came with the phone", "phone", "the phone lists it as a part of the system; not verified by us", "that it is harmless, or that the phone's maker put it there: sellers and thieves can change a system"},
	{"SWITCHED ON", "phone", "keyboards, accessibility services, notification listeners and device admins that are on; the system's own are always listed", "that they misuse it: most people need some of them"},
	{string(inventory.AccessKeyboard), "special access", "is used to type, and so sees what you type", ""},
	{string(inventory.AccessListener), "special access", "is shown every notification with its text, one-time codes included", ""},
	{string(inventory.AccessDeviceAdmin), "special access", "can lock or erase the phone, and keeps itself from being removed until it is switched off", ""},
	{string(inventory.AccessDeviceOwner), "special access", "manages the whole phone, as an employer's agent does", ""},
	{string(inventory.AccessProfileOwner), "special access", "manages a work profile", ""},
	{string(inventory.AccessCredentials), "special access", "keeps passwords and passkeys and fills them in", ""},
	{string(inventory.AccessAssistant), "special access", "is the assistant, which may look at the screen and listen when it is called", ""},
	{string(inventory.AccessSpellChecker), "special access", "checks what is typed, and so sees it", ""},
	{inventory.ContentInstalled, "content", "signing block read; the phone checked the content when it installed it", "anything on a rooted phone, or of what came with the phone; --verify full compares the content here"},
	{inventory.ContentPreload, "content", "it came with the phone; signing block read, and nobody compared the content", "that its content is what was signed"},
	{inventory.ContentRooted, "content", "signing block read on a phone that is rooted", "anything: whoever has these rights can change the app and what the phone says of it"},
	{inventory.ContentCollected, "content", "AndroidQF found this certificate in its copy and compared the content, as it says", "that its word was not changed since"},
	{"patched", "phone", "the day of the security patch level that the phone names, and how long ago that is", "that every fix is in: makers name the level themselves"},
}

func phoneTopics() []topic {
	var all []topic
	for _, row := range phoneWords {
		t := topic{group: row.group, word: row.word}
		t.add("means: ", row.meaning)
		t.add("doesn't prove: ", row.provesNot)
		all = append(all, t)
	}
	return all
}

// showPhone lists what is read of a phone, by the table that the collector goes by.
func showPhone(w io.Writer, _ *policies.Policy) {
	fmt.Fprintln(w, "appraise phone reads this of a phone, and nothing else:")
	for _, row := range capture.Names {
		if row.Tells != "" {
			fmt.Fprintf(w, "  %-22s %s\n", row.Name, row.Tells)
		}
	}
	fmt.Fprint(w, `  parts of APKs          signer, manifest and name of each app; with --verify full the whole of it
No messages, contacts, pictures, accounts, passwords, logs or texts of notifications are read, nothing is installed on
the phone, and no setting is changed. `+consent+`
Afterwards: Settings, Developer options: revoke USB debugging authorisations, and switch USB debugging off.
`)
}
