const nothing: any = null;
nothing.more();
