package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appraise/internal/fakedevice"
)

// Ids of channels hold telephone numbers and chats: messengers make one for each person with a sound of its own.
func TestReportHoldsNoChannelIDs(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(phoneEras, "sdk34", "notification.txt"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b) + "    AppSettings: com.example.messenger (10124)\n      NotificationChannel{mId='4915112345678@s.chat.example', mName=Max..., mDescription=, mImportance=3, mConversationId='null'}\n"
	d := fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(phoneEras, "sdk34"), Texts: map[string]string{"notification": text}})
	if got := appraise(t, "phone", "--adb", d.Address(), "--format", "json", "--fail-on", "none"); strings.Contains(got.stdout, "4915112345678") {
		t.Error("the report holds a telephone number")
	}
}
