module appraise/bench/avast

go 1.26.0

require github.com/avast/apkverifier v0.0.0-20250423072602-ae3fe93e1fa9

require (
	github.com/avast/apkparser v0.0.0-20250307094510-e2100ee9c0f5 // indirect
	github.com/klauspost/compress v1.16.6 // indirect
)
