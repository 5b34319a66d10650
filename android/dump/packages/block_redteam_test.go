package packages_test

import (
	"testing"

	"appraise/android/dump/packages"
)

// A line end in a version's name, which an app writes itself, must not take from the app what the phone prints below
// it: what can't be told apart is marked doubtful.
func TestForgedTextHidesNothingOfItsBlock(t *testing.T) {
	const below = "\n    installerPackageName=null\n    initiatingPackageName=com.android.shell\n    signatures=PackageSignatures{5d6e7f8 version:3, signatures:[0badcafe], past signatures:[]}\n" +
		"    pkgFlags=[ HAS_CODE ]\n    requested permissions:\n      android.permission.READ_SMS\n    install permissions:\n      android.permission.INTERNET: granted=true\n" +
		"    User 0: ceDataInode=1 installed=true hidden=false suspended=false enabled=0\n      runtime permissions:\n        android.permission.READ_SMS: granted=true, flags=[ USER_SET ]\n"
	for _, tt := range []struct{ name, version string }{
		{"a title less deep than fields", "1\n   x:"},
		{"a user less deep than fields", "1\n   User 10: installed=true"},
		{"the head of a package that is not there", "1\n  Package [com.android.part] (1a):"},
		{"the head of a shared user", "1\nShared users:\n  SharedUser [a.b] (1a):"},
	} {
		text := "Packages:\n  Package [org.example.tool] (1a2b3c):\n    appId=10245\n    codePath=/data/app/x\n    versionName=" + tt.version + below
		p := packages.Read([]byte(text)).Packages[0]
		whole := p.Initiator == "com.android.shell" && len(p.Requested) == 1 && len(p.Users) > 0 && p.Users[0].ID == 0 && len(p.Users[0].Runtime) == 1
		if !whole && len(p.Doubtful) == 0 {
			t.Errorf("%s: got %+v, want all of it or a mark", tt.name, p)
		}
	}
}
