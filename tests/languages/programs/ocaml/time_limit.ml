let () = while Sys.opaque_identity true do () done
